//! The running product: everything started, joined together, and stopped again.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use environment::Clock;
use invite_account::Providers;
use open_account::SignUp;
use policy::Limits;
use serde_json::Value;
use tokio::sync::watch;
use tokio::task::JoinSet;

use crate::control::Control;
use crate::cross_origin::Origins;
use crate::database::{Database, DatabaseError};
use crate::door;
use crate::events::Events;
use crate::folder::{Folder, FolderError, KEYS, Storage, mailbox_folder, replace};
use crate::front::Front;
use crate::function::Function;
use crate::invocation::{self, Failure};
use crate::mail_events::{MailEvent, MailEvents, NotTold};
use crate::mailbox::Mailbox;
use crate::ports::{self, PortError, Ports};
use crate::rotation::Rotation;
use crate::routing::Routing;
use crate::schedule::{ScheduleError, Schedules};
use crate::secrets::Secrets;
use crate::ses::{Ses, SesMode};
use crate::stream::Stream;
use crate::surroundings::Surroundings;

/// How long stopping waits for what is under way.
const PATIENCE: Duration = Duration::from_secs(3);
/// How long an invocation from outside may take.
const LIMIT: Duration = Duration::from_secs(60);

/// Builds the functions once their surroundings are known.
pub type BuildFunctions = Box<dyn FnOnce(&Surroundings) -> Result<Vec<Function>, String> + Send>;

/// How to start.
pub struct Options {
    /// Where to listen.
    pub ports: Ports,
    /// Where to keep data.
    pub storage: Storage,
    /// The clock that all share.
    pub clock: Clock,
    /// The table, as a `CreateTable` request.
    pub table: Value,
    /// The functions.
    pub functions: BuildFunctions,
    /// Makes a secret key set; called once per data folder.
    pub generate_keys: fn() -> Result<String, String>,
    /// Whether to serve the API; without it, the services stand alone.
    pub front: bool,
    /// Who may open an account.
    pub sign_up: SignUp,
    /// Whose pages may call the API from a browser.
    pub origins: Origins,
}

/// Why the product did not start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// A port is taken.
    #[error("{0}. Choose others with --port; three in a row are used.")]
    Port(#[from] PortError),
    /// The data folder cannot be used, or is in use.
    #[error("{0} choose another folder with --data, or none with --ephemeral.")]
    Folder(#[from] FolderError),
    /// The database cannot be used.
    #[error("{cause}. Remove {} to begin anew, or choose another with --data.", .folder.display())]
    Data {
        /// The folder that cannot be used.
        folder: PathBuf,
        /// The cause.
        cause: DatabaseError,
    },
    /// The database in memory cannot be used.
    #[error(transparent)]
    Database(#[from] DatabaseError),
    /// There are no keys.
    #[error("the keys cannot be made: {0}")]
    Keys(String),
    /// Two functions claim one route.
    #[error("two functions claim {0}")]
    Route(String),
}

/// The product, running until it is stopped or dropped.
pub struct Product {
    /// Where the API is.
    pub api_url: String,
    /// Where control, the mailbox and SES are.
    pub control_url: String,
    /// Where DynamoDB is.
    pub dynamodb_url: String,
    /// The clock that all share.
    pub clock: Clock,
    /// What was mailed.
    pub mailbox: Mailbox,
    /// How SES behaves.
    pub ses: SesMode,
    /// What was told on EventBridge.
    pub events: Events,
    /// What functions that run elsewhere are told.
    pub surroundings: Surroundings,
    /// Whether the table was empty until now.
    pub is_new: bool,
    functions: Vec<Function>,
    stream: Arc<Stream>,
    schedules: Arc<Schedules>,
    mail_events: MailEvents,
    rotation: Rotation,
    stop: watch::Sender<bool>,
    servers: JoinSet<()>,
    _loops: JoinSet<()>,
    _folder: Option<Folder>,
}

/// The API on a port that nobody is told of, until this is dropped.
pub struct LentApi {
    /// Where it is.
    pub url: String,
    _server: JoinSet<()>,
}

impl Product {
    /// Starts everything.
    pub async fn start(options: Options) -> Result<Self, StartError> {
        let Options { ports, storage, clock, table, functions, generate_keys, front, sign_up, origins } =
            options;
        let (folder, mailbox) = match &storage {
            Storage::Memory => (None, Mailbox::in_memory()),
            Storage::Dir(data) => (Some(Folder::open(data)?), open_mailbox(data)?),
        };
        let keys = keys(folder.as_ref(), generate_keys)?;
        let secrets = Secrets::new(keys.clone(), folder.as_ref().map(|folder| folder.file("keys.json")));
        let (api, api_url) = if front {
            let (listener, url) = ports::take(ports.api).await?;
            (Some(listener), url)
        } else {
            (None, format!("http://127.0.0.1:{}", ports.api))
        };
        let (control, control_url) = ports::take(ports.control).await?;
        let (door, dynamodb_url) = ports::take(ports.dynamodb).await?;
        let (dynamodb, hidden_url) =
            door::behind().await.map_err(|cause| PortError { port: ports.dynamodb, cause })?;
        let database = match &storage {
            Storage::Memory => Database::open(None, &table)?,
            Storage::Dir(data) => Database::open(Some(&data.join("table.db")), &table)
                .map_err(|cause| StartError::Data { folder: data.clone(), cause })?,
        };

        let surroundings = Surroundings {
            dynamodb_url: hidden_url.clone(),
            ses_url: control_url.clone(),
            secrets_url: control_url.clone(),
            events_url: control_url.clone(),
            public_url: api_url.clone(),
            clock: clock.clone(),
            keys,
            limits: Limits::default(),
            sign_up,
            mails_per_second: None,
            providers: Providers::default(),
        };
        let functions = functions(&surroundings).map_err(StartError::Keys)?;
        let routing = Routing::new(&functions).map_err(StartError::Route)?;
        // Who runs elsewhere comes in by the door.
        let surroundings = Surroundings { dynamodb_url: dynamodb_url.clone(), ..surroundings };
        let stream = Arc::new(Stream::new(database.clone(), &functions, folder.as_ref()));
        let schedules = Arc::new(Schedules::new(clock.clone(), &functions));
        let rotation = Rotation::new(secrets.clone(), &functions);
        let mail_events = MailEvents::new(mailbox.clone(), clock.clone(), &functions);
        let ses = Ses { mode: SesMode::default(), mailbox: mailbox.clone(), clock: clock.clone() };
        let mode = ses.mode.clone();
        let events = Events::default();
        let is_new = database.is_new();

        let (stop, stopping) = watch::channel(false);
        let stopped = || {
            let mut stopping = stopping.clone();
            // A product that is dropped stops as well.
            async move { drop(stopping.wait_for(|stop| *stop).await) }
        };
        let mut servers = JoinSet::new();
        servers.spawn(database.serve(dynamodb, stopped()));
        servers.spawn(door::serve(door, hidden_url, stopped()));
        servers.spawn(
            Control {
                ses,
                schedules: Arc::clone(&schedules),
                mail_events: mail_events.clone(),
                secrets,
                events: events.clone(),
                rotation: rotation.clone(),
            }
            .serve(control, stopped()),
        );
        rotation.prepare().await.map_err(|failure| StartError::Keys(failure.to_string()))?;
        if let Some(api) = api {
            servers.spawn(Front { routing, clock: clock.clone(), origins }.serve(api, stopped()));
        }
        stream.trim();
        let mut loops = JoinSet::new();
        loops.spawn(Arc::clone(&stream).deliver());
        let kept = Arc::clone(&schedules);
        loops.spawn(async move { kept.keep().await });

        Ok(Self {
            api_url,
            control_url,
            dynamodb_url,
            clock,
            mailbox,
            ses: mode,
            events,
            surroundings,
            is_new,
            functions,
            stream,
            schedules,
            mail_events,
            rotation,
            stop,
            servers,
            _loops: loops,
            _folder: folder,
        })
    }

    /// Waits until the stream is delivered: everything written so far, and what its delivery wrote in turn.
    pub async fn drain(&self) -> Result<(), DatabaseError> {
        self.stream.drain().await
    }

    /// Serves the API on a port of its own until what is answered is dropped, whether there is a front or not: to fill a
    /// product whose functions will run elsewhere.
    pub async fn lend_api(&self) -> Result<LentApi, StartError> {
        let (listener, url) = ports::take(0).await?;
        let routing = Routing::new(&self.functions).map_err(StartError::Route)?;
        let front = Front { routing, clock: self.clock.clone(), origins: Origins::default() };
        let mut server = JoinSet::new();
        server.spawn(front.serve(listener, std::future::pending()));
        Ok(LentApi { url, _server: server })
    }

    /// From now on no schedule runs by the clock, but only by [`Self::run_schedule`]: for whoever looks at what one run does.
    pub fn schedules_wait_to_be_told(&self) {
        self.schedules.wait_to_be_told();
    }

    /// Runs a schedule now, and answers what its function answered.
    pub async fn run_schedule(&self, name: &str) -> Result<Value, ScheduleError> {
        self.schedules.run(name).await
    }

    /// Has SES tell that this happened to the mail with this name of SES's.
    pub async fn tell_of_mail(&self, message_id: &str, what: MailEvent) -> Result<(), NotTold> {
        self.mail_events.tell(message_id, what).await
    }

    /// Has Secrets Manager rotate the keys now.
    pub async fn rotate_keys(&self) -> Result<(), Failure> {
        self.rotation.rotate().await
    }

    /// Invokes a function by its name with an event.
    pub async fn invoke(&self, name: &str, event: Value) -> Result<Value, Failure> {
        let function = self.functions.iter().find(|function| function.name == name);
        let function = function.ok_or_else(|| Failure::Error(format!("there is no function {name}")))?;
        invocation::invoke(function, event, LIMIT).await
    }

    /// Stops: takes no more requests, finishes those under way and the stream, for a few seconds at most.
    pub async fn stop(mut self) {
        let finish = async {
            if let Err(error) = self.stream.drain().await {
                tracing::warn!(%error, "the stream cannot be read");
            }
            self.stop.send_replace(true);
            while self.servers.join_next().await.is_some() {}
        };
        if tokio::time::timeout(PATIENCE, finish).await.is_err() {
            tracing::warn!("something was still under way; the stream is delivered again at the next start");
        }
    }
}

fn open_mailbox(data: &Path) -> Result<Mailbox, FolderError> {
    let folder = mailbox_folder(data);
    Mailbox::open(&folder).map_err(|cause| FolderError::Unusable { folder, cause })
}

/// The keys of this data folder, made at its first start.
fn keys(folder: Option<&Folder>, generate: fn() -> Result<String, String>) -> Result<String, StartError> {
    let Some(file) = folder.map(|folder| folder.file(KEYS)) else {
        return generate().map_err(StartError::Keys);
    };
    if file.exists() {
        return std::fs::read_to_string(&file).map_err(|error| StartError::Keys(error.to_string()));
    }
    let keys = generate().map_err(StartError::Keys)?;
    replace(&file, &keys).map_err(|error| StartError::Keys(error.to_string()))?;
    Ok(keys)
}
