//! A PostgreSQL cluster to throw away, from the installed server: one for each run of cargo, started by the first test
//! that needs it. A small shell that waits for cargo to end stops it and removes its folder, so nothing stays behind when
//! a test panics or is killed. Data is not synced to the disk: nobody pulls the plug here.

use std::fs::{self, File};
use std::io::Write as _;
use std::net::{TcpListener, TcpStream};
use std::os::unix::fs::{PermissionsExt, chown};
use std::os::unix::process::{CommandExt, parent_id};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::OnceLock;

use guardia::id::Ids;
use guardia::store::{Store, Url};
use sqlx::{AssertSqlSafe, Connection, PgConnection};

/// What is missing and how to get it.
const INSTALL: &str = "these tests need the PostgreSQL server (initdb and pg_ctl), version 14 or later: install it with \
                       `apt-get install postgresql`, or put its bin folder into PATH";

/// The test's user in the cluster; it needs no password.
const USER: &str = "guardia";

/// Waits for process $1 to end, then stops the cluster in folder $2 and removes it.
const WATCHDOG: &str = r#"
while kill -0 "$1" 2>/dev/null; do sleep 0.3; done
server=$(head -n 1 "$2/data/postmaster.pid" 2>/dev/null) && kill -QUIT "$server" 2>/dev/null
while [ -n "$server" ] && kill -0 "$server" 2>/dev/null; do sleep 0.1; done
rm -rf "$2" "$2.lock"
"#;

/// A fresh database with the present schema; its URL. The cluster starts when there is none.
pub async fn database() -> String {
    static SERVER: OnceLock<String> = OnceLock::new();
    let server = SERVER.get_or_init(join);
    let mut admin = PgConnection::connect(&format!("{server}/postgres")).await.unwrap();
    // Other test processes do the same. The lock ends with this connection.
    run(&mut admin, "SELECT pg_advisory_lock(4)").await;
    let made: bool = sqlx::query_scalar("SELECT EXISTS (SELECT 1 FROM pg_database WHERE datname = 'template_guardia')")
        .fetch_one(&mut admin)
        .await
        .unwrap();
    if !made {
        run(&mut admin, "CREATE DATABASE migrating").await;
        let url: Url = format!("{server}/migrating").parse().unwrap();
        Store::open(&url).await.unwrap().close().await;
        run(&mut admin, "ALTER DATABASE migrating RENAME TO template_guardia").await;
    }
    let name = format!("test_{}", Ids::system().opaque().simple());
    run(&mut admin, &format!("CREATE DATABASE {name} TEMPLATE template_guardia")).await;
    format!("{server}/{name}")
}

/// Removes a database that [`database`] made.
pub async fn remove(url: &str) {
    let (server, name) = url.rsplit_once('/').unwrap();
    let mut admin = PgConnection::connect(&format!("{server}/postgres")).await.unwrap();
    run(&mut admin, &format!("DROP DATABASE {name} WITH (FORCE)")).await;
}

async fn run(connection: &mut PgConnection, sql: &str) {
    // The only parts of these statements that vary are names made here.
    sqlx::query(AssertSqlSafe(sql)).execute(connection).await.unwrap();
}

/// The URL of this run's cluster, without a database.
fn join() -> String {
    let watched = watched();
    let folder = std::env::temp_dir().join(format!("guardia-postgres-{watched}"));
    let lock = File::create(folder.with_extension("lock")).unwrap();
    lock.lock().unwrap();
    let note = folder.join("port");
    if let Ok(port) = fs::read_to_string(&note).unwrap_or_default().parse::<u16>()
        && TcpStream::connect(("127.0.0.1", port)).is_ok()
    {
        return url(port);
    }
    let _ = fs::remove_dir_all(&folder);
    let port = start(&folder);
    fs::write(note, port.to_string()).unwrap();
    #[expect(clippy::zombie_processes, reason = "it outlives this process")]
    let _watchdog = Command::new("sh")
        .args(["-c", WATCHDOG, "sh", &watched.to_string()])
        .arg(&folder)
        .process_group(0)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    url(port)
}

fn url(port: u16) -> String {
    format!("postgres://{USER}@127.0.0.1:{port}")
}

/// Whose end is the end of the cluster: cargo's (or nextest's), which runs every test process; else this process's.
fn watched() -> u32 {
    let parent = parent_id();
    let name = fs::read_to_string(format!("/proc/{parent}/comm")).unwrap_or_default();
    if ["cargo", "nextest"].iter().any(|runner| name.contains(runner)) { parent } else { std::process::id() }
}

/// Makes a cluster in `folder` and starts it; its port.
fn start(folder: &Path) -> u16 {
    let programs = programs();
    let owner = owner();
    fs::create_dir(folder).unwrap();
    fs::set_permissions(folder, fs::Permissions::from_mode(0o700)).unwrap();
    if let Some((user, group)) = owner {
        chown(folder, Some(user), Some(group)).unwrap();
    }
    let command = |program: &str| {
        let mut command = Command::new(programs.join(program));
        command.current_dir(folder).stdin(Stdio::null());
        if let Some((user, group)) = owner {
            command.uid(user).gid(group);
        }
        command
    };
    let mut initdb = command("initdb");
    initdb.args(["--pgdata=data", "--auth=trust", "--no-sync", "--encoding=UTF8", "--locale=C"]);
    finish(initdb.arg(format!("--username={USER}")), folder);
    // In the file and not on the command line, so that a measurement can switch them on again.
    let mut file = File::options().append(true).open(folder.join("data/postgresql.conf")).unwrap();
    file.write_all(b"fsync = off\nfull_page_writes = off\n").unwrap();
    for _ in 0..5 {
        // Somebody may take the port between here and there: then another one.
        let port = TcpListener::bind(("127.0.0.1", 0)).unwrap().local_addr().unwrap().port();
        let settings = format!(
            "-p {port} -c listen_addresses=127.0.0.1 -k {} -c max_connections=400 -c shared_buffers=64MB \
             -c autovacuum=off",
            folder.display()
        );
        let mut pg_ctl = command("pg_ctl");
        pg_ctl.args(["start", "--wait", "--silent", "--pgdata=data", "--log=log", "--options", &settings]);
        // The server inherits these: a pipe would keep whoever reads it waiting.
        if pg_ctl.stdout(Stdio::null()).stderr(Stdio::null()).status().unwrap().success() {
            return port;
        }
    }
    let log = fs::read_to_string(folder.join("log")).unwrap_or_default();
    let _ = fs::remove_dir_all(folder);
    panic!("the PostgreSQL cluster does not start:\n{log}");
}

fn finish(command: &mut Command, folder: &Path) {
    let output = command.output().unwrap();
    if !output.status.success() {
        let _ = fs::remove_dir_all(folder);
        panic!("{command:?} failed:\n{}", String::from_utf8_lossy(&output.stderr));
    }
}

/// The newest installed server's folder of programs.
fn programs() -> PathBuf {
    let debian =
        fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten().map(|version| version.path().join("bin"));
    let mut debian: Vec<PathBuf> = debian.filter(|folder| folder.join("initdb").exists()).collect();
    debian.sort_by_key(|folder| {
        let version = folder.parent().and_then(Path::file_name).and_then(|name| name.to_str());
        version.and_then(|version| version.parse::<u32>().ok())
    });
    let path = std::env::var_os("PATH").unwrap_or_default();
    let mut others = std::env::split_paths(&path).filter(|folder| folder.join("initdb").exists());
    debian.pop().or_else(|| others.next()).expect(INSTALL)
}

/// The user and group the server runs as, when this process is root: the server refuses to be.
fn owner() -> Option<(u32, u32)> {
    let id = Command::new("id").arg("-u").output().unwrap().stdout;
    if String::from_utf8_lossy(&id).trim() != "0" {
        return None;
    }
    let users = fs::read_to_string("/etc/passwd").unwrap();
    let numbers = |name: &str| {
        let line = users.lines().find(|line| line.starts_with(&format!("{name}:")))?;
        let mut fields = line.split(':').skip(2);
        Some((fields.next()?.parse().ok()?, fields.next()?.parse().ok()?))
    };
    Some(numbers("postgres").or_else(|| numbers("nobody")).expect("a user 'postgres' or 'nobody' for the server"))
}
