//! A function of the product as the local product sees it: a name, what calls it, and how it is invoked.

use std::convert::Infallible;
use std::fmt::Display;
use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use futures::future::BoxFuture;
use lambda_http::request::LambdaRequest;
use lambda_http::{Adapter, Body, Request, Response, Service, service_fn};
use lambda_runtime::{Context, LambdaEvent};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;
use tokio::sync::OnceCell;
pub use web::{Operation, Route};

/// Event in, answer out; an `Err` is what Lambda would record as the function's error.
pub type Invoke = Arc<dyn Fn(Value, Context) -> BoxFuture<'static, Result<Value, String>> + Send + Sync>;

/// Whether a function wants a stream record: the filter criteria of its event source mapping.
pub type Wants = Arc<dyn Fn(&Value) -> bool + Send + Sync>;

/// How the table's stream feeds a function.
#[derive(Clone)]
pub struct StreamTrigger {
    /// Which records it is given.
    pub wants: Wants,
    /// How often a record is tried before it is given up, so that the rest goes on.
    pub attempts: u32,
}

/// When a function runs by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Schedule {
    /// The schedule's name.
    pub name: &'static str,
    /// How often, on the product's clock.
    pub every: Duration,
}

/// One function and what calls it.
#[derive(Clone)]
pub struct Function {
    /// Named like its folder, its binary and its template resource.
    pub name: &'static str,
    /// The routes that it answers.
    pub routes: Vec<Route>,
    /// What it says about them.
    pub operations: &'static [Operation],
    /// Whether it also answers every request that has no route: `$default` of the HTTP API.
    pub answers_the_rest: bool,
    /// Set, if the table's stream feeds it.
    pub stream: Option<StreamTrigger>,
    /// Set, if it runs on a schedule.
    pub schedule: Option<Schedule>,
    /// Whether it is told what happened to a mail.
    pub is_told_of_mail: bool,
    /// Whether it is called once when the product starts.
    pub is_called_at_start: bool,
    /// Whether it does something at its own start, before its first event.
    pub is_warmed_up: bool,
    /// How it is called.
    pub invoke: Invoke,
}

impl Function {
    /// Called by its routes alone, so far.
    const fn new(name: &'static str, routes: Vec<Route>, invoke: Invoke) -> Self {
        Self {
            name,
            routes,
            operations: &[],
            answers_the_rest: false,
            stream: None,
            schedule: None,
            is_told_of_mail: false,
            is_called_at_start: false,
            is_warmed_up: false,
            invoke,
        }
    }

    /// The same function, which also answers every request that has no route.
    #[must_use]
    pub fn answering_the_rest(mut self) -> Self {
        self.answers_the_rest = true;
        self
    }

    /// The same function, fed with the stream records that `wants` accepts, each tried at most `attempts` times.
    #[must_use]
    pub fn fed_by_stream(
        mut self,
        attempts: u32,
        wants: impl Fn(&Value) -> bool + Send + Sync + 'static,
    ) -> Self {
        self.stream = Some(StreamTrigger { wants: Arc::new(wants), attempts: attempts.max(1) });
        self
    }

    /// The same function, called once with nothing when the product starts, before anything else is asked of it.
    #[must_use]
    pub fn called_at_start(mut self) -> Self {
        self.is_called_at_start = true;
        self
    }

    /// The same function, which does this once, before its first event: what its `main` does before it runs. An invocation that
    /// ends meanwhile leaves it to the next.
    #[must_use]
    pub fn warmed_up_by<Start>(mut self, start: impl Fn() -> Start + Send + Sync + 'static) -> Self
    where
        Start: Future<Output = ()> + Send,
    {
        let (start, invoke, is_started) =
            (Arc::new(start), Arc::clone(&self.invoke), Arc::new(OnceCell::new()));
        self.invoke = Arc::new(move |event, context| {
            let (start, invoke, is_started) =
                (Arc::clone(&start), Arc::clone(&invoke), Arc::clone(&is_started));
            Box::pin(async move {
                is_started.get_or_init(|| start()).await;
                invoke(event, context).await
            })
        });
        self.is_warmed_up = true;
        self
    }

    /// The same function, told by SES what happened to a mail.
    #[must_use]
    pub fn told_of_mail(mut self) -> Self {
        self.is_told_of_mail = true;
        self
    }

    /// The same function, run by the named schedule.
    #[must_use]
    pub fn on_schedule(mut self, name: &'static str, every: Duration) -> Self {
        self.schedule = Some(Schedule { name, every });
        self
    }
}

/// A function behind the HTTP API. The event goes through `lambda_http`'s own reading and writing, as it does on Lambda.
pub fn http_function<Handler, Answer>(name: &'static str, routes: Vec<Route>, handler: Handler) -> Function
where
    Handler: Fn(Request) -> Answer + Send + Sync + 'static,
    Answer: Future<Output = Response<Body>> + Send + 'static,
{
    let handler = Arc::new(handler);
    let invoke: Invoke = Arc::new(move |event, context| {
        let handler = Arc::clone(&handler);
        Box::pin(async move {
            let request: LambdaRequest = read(event)?;
            let mut adapter = Adapter::from(service_fn(move |request: Request| {
                let answer = handler(request);
                async move { Ok::<_, Infallible>(answer.await) }
            }));
            let answer = match adapter.call(LambdaEvent::new(request, context)).await {
                Ok(answer) => answer,
                Err(never) => match never {},
            };
            serde_json::to_value(answer).map_err(|error| format!("the answer cannot be written: {error}"))
        })
    });
    Function::new(name, routes, invoke)
}

/// A function that something other than HTTP calls: say what with [`Function::fed_by_stream`],
/// [`Function::on_schedule`] or [`Function::told_of_mail`].
pub fn event_function<In, Out, Fault, Handler, Answer>(name: &'static str, handler: Handler) -> Function
where
    In: DeserializeOwned + Send + 'static,
    Out: Serialize,
    Fault: Display,
    Handler: Fn(LambdaEvent<In>) -> Answer + Send + Sync + 'static,
    Answer: Future<Output = Result<Out, Fault>> + Send + 'static,
{
    let handler = Arc::new(handler);
    let invoke: Invoke = Arc::new(move |event, context| {
        let handler = Arc::clone(&handler);
        Box::pin(async move {
            let answer = handler(LambdaEvent::new(read(event)?, context)).await;
            let answer = answer.map_err(|fault| fault.to_string())?;
            serde_json::to_value(answer).map_err(|error| format!("the answer cannot be written: {error}"))
        })
    });
    Function::new(name, Vec::new(), invoke)
}

/// Through text, since that is how an event reaches a function on Lambda.
fn read<In: DeserializeOwned>(event: Value) -> Result<In, String> {
    serde_json::from_str(&event.to_string()).map_err(|error| format!("the event cannot be read: {error}"))
}
