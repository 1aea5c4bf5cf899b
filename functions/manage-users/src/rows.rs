//! Users with what they are sorted by and what stands nowhere on them.

use api::show::UserStatus;
use lists::Listed;
use store::User;

/// A user, and where they stand now.
#[derive(Debug)]
pub struct Row {
    pub status: UserStatus,
    pub user: User,
}

impl Listed for Row {
    fn number(&self) -> u64 {
        self.user.number()
    }

    /// Of statuses those come first that wait for somebody to do something.
    fn text(&self, sort: &str) -> String {
        if sort != "status" {
            return self.user.text(sort);
        }
        let place = match self.status {
            UserStatus::Invited => "1",
            UserStatus::Expired => "2",
            UserStatus::Active => "3",
            UserStatus::Suspended => "4",
        };
        place.to_owned()
    }
}
