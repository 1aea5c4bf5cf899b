//! The program, running on three free ports with its data in a folder of the test's own.

use std::fs::File;
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use local::client::{Client, resource};
use local::mailbox::Mail;
use serde_json::{Value, json};

/// The password of every Administrator here.
pub const PASSWORD: &str = "correct horse battery";

/// A folder of the test's own, removed at its end.
pub struct Folder(PathBuf);

impl Folder {
    pub fn new(name: &str) -> Self {
        let folder = std::env::temp_dir().join(format!("glueconnect-process-{}-{name}", std::process::id()));
        std::fs::create_dir_all(&folder).unwrap();
        Self(folder)
    }

    pub fn path(&self) -> &Path {
        &self.0
    }

    /// Everything that the program printed here, in all its runs.
    pub fn printed(&self) -> String {
        ["out", "err"].map(|name| std::fs::read_to_string(self.0.join(name)).unwrap_or_default()).concat()
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

/// The running program. Dropped, it is killed.
pub struct Running {
    child: Child,
    port: u16,
    pub nobody: Client,
}

impl Running {
    /// Starts it on any three ports.
    pub async fn start(folder: &Folder) -> Self {
        for _ in 0..20 {
            if let Some(running) = Self::start_on(folder, three_free_ports()).await {
                return running;
            }
        }
        panic!("it does not start: {}", folder.printed());
    }

    /// Starts it on the ports that it had before: the links in its mails lead there.
    pub async fn start_again(folder: &Folder, port: u16) -> Self {
        let running = Self::start_on(folder, port).await;
        running.unwrap_or_else(|| panic!("it does not start again: {}", folder.printed()))
    }

    async fn start_on(folder: &Folder, port: u16) -> Option<Self> {
        let printed =
            |name| File::options().create(true).append(true).open(folder.path().join(name)).unwrap();
        let mut child = Command::new(env!("CARGO_BIN_EXE_local"))
            .arg("--data")
            .arg(folder.path().join("data"))
            .args(["--port", &port.to_string(), "--no-demo"])
            .env("RUST_LOG", "trace")
            .stdin(Stdio::null())
            .stdout(printed("out"))
            .stderr(printed("err"))
            .spawn()
            .unwrap();
        let nobody = Client::new(&format!("http://127.0.0.1:{port}"));
        for _ in 0..1_000 {
            if nobody.get("/health").await.is_ok_and(|answer| answer.status == 200) {
                return Some(Self { child, port, nobody });
            }
            if child.try_wait().unwrap().is_some() {
                return None;
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        child.kill().unwrap();
        child.wait().unwrap();
        None
    }

    pub fn port(&self) -> u16 {
        self.port
    }

    /// Ends it as a power cut would: nothing is finished.
    pub fn kill(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    /// Opens an account and signs its Administrator in.
    pub async fn account(&self, subdomain: &str) -> Client {
        let email = format!("admin@{subdomain}.example");
        let attributes = json!({"name": subdomain, "subdomain": subdomain, "email": email, "first-name": "Ada",
            "last-name": "Admin", "password": PASSWORD});
        let opened = self.nobody.post("/accounts", &resource("accounts", attributes)).await.unwrap();
        assert_eq!(opened.status, 201, "{}", opened.text);
        self.administrator(subdomain).await
    }

    pub async fn administrator(&self, subdomain: &str) -> Client {
        let email = format!("admin@{subdomain}.example");
        self.nobody
            .sign_in(subdomain, &email, PASSWORD)
            .await
            .unwrap()
            .unwrap_or_else(|answer| panic!("{}", answer.text))
    }

    /// Every mail that arrived.
    pub async fn mails(&self) -> Vec<Mail> {
        let answer = self.nobody.get(&self.control("/store")).await.unwrap();
        serde_json::from_value(answer.at("/emails")).unwrap()
    }

    /// Says something to the control port.
    pub async fn tell(&self, path: &str, body: Value) {
        let headers = [("content-type", "application/json")];
        let (post, path) = ("POST".parse().unwrap(), self.control(path));
        let answer = self.nobody.send(post, &path, &headers, Some(body.to_string())).await.unwrap();
        assert_eq!(answer.status, 200, "{path}: {}", answer.text);
    }

    fn control(&self, path: &str) -> String {
        format!("http://127.0.0.1:{}{path}", self.port + 1)
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The first of three ports in a row that are free at this moment.
fn three_free_ports() -> u16 {
    let free = |port: u16| TcpListener::bind(("127.0.0.1", port)).is_ok();
    loop {
        let any = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        // Below those that are given out to whoever asks for any.
        let port = 10_000 + any % 20_000;
        if (port..port + 3).all(free) {
            return port;
        }
    }
}
