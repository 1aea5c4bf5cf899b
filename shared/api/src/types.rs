//! The types of the resources that are answered, as JSON:API calls them.

web::constants! {
    /// A question about access, and its answer.
    AccessChecks = "access-checks";
    /// A tenant.
    Accounts = "accounts";
    /// What programs call with.
    ApiKeys = "api-keys";
    /// What the link in a GlueConnect mail opens.
    ConnectionInvitations = "connection-invitations";
    /// What lets another account in.
    Connections = "connections";
    /// Steps of erasing a person from the activity log.
    Erasures = "erasures";
    /// Users, and the organizations that they get through it.
    Groups = "groups";
    /// What the link in an invitation's mail opens.
    Invitations = "invitations";
    /// Entries of the activity log.
    Logs = "logs";
    /// A second factor.
    Mfa = "mfa";
    /// How things stand with organizations.
    OrganizationStatuses = "organization-statuses";
    /// What kinds of organizations there are.
    OrganizationTypes = "organization-types";
    /// An account's customers.
    Organizations = "organizations";
    /// What the link that sets a new password opens.
    PasswordResets = "password-resets";
    /// Certified Providers.
    Providers = "providers";
    /// Who may reach one asset.
    Restrictions = "restrictions";
    /// Who is signed in, and where.
    Sessions = "sessions";
    /// What people did, counted.
    UserMetrics = "user-metrics";
    /// People in an account.
    Users = "users";
}
