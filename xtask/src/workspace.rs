//! What `cargo metadata` says about this workspace, as far as the tasks need it.

use std::collections::BTreeMap;
use std::env;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use serde_json::Value;

use crate::shell;

/// The checkout.
#[derive(Debug)]
pub(crate) struct Workspace {
    /// The directory of the root manifest.
    pub(crate) root: PathBuf,
    /// Where cargo puts what it builds; what the tasks install goes below it, too.
    pub(crate) target: PathBuf,
    /// The members, by name.
    pub(crate) packages: Vec<Package>,
}

/// A member of the workspace.
#[derive(Debug, Default)]
pub(crate) struct Package {
    pub(crate) name: String,
    pub(crate) dir: PathBuf,
    /// Whether it may be published.
    pub(crate) publish: bool,
    /// Each feature and what it switches on, optional dependencies included.
    pub(crate) features: BTreeMap<String, Vec<String>>,
    pub(crate) dependencies: Vec<Dependency>,
    pub(crate) targets: Vec<Target>,
}

/// An edge out of a package, as its manifest has it.
#[derive(Debug)]
pub(crate) struct Dependency {
    pub(crate) name: String,
    pub(crate) kind: Kind,
}

/// When a dependency is needed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Normal,
    Dev,
    Build,
}

/// Something that cargo builds from a package.
#[derive(Debug)]
pub(crate) struct Target {
    pub(crate) name: String,
    /// `lib`, `bin`, `example`, `test` …
    pub(crate) kind: String,
}

impl Workspace {
    /// Asks cargo about the checkout that this program was built from.
    pub(crate) fn load() -> Result<Self> {
        let manifest_dir = env::var_os("CARGO_MANIFEST_DIR")
            .map_or_else(|| env!("CARGO_MANIFEST_DIR").into(), PathBuf::from);
        let root = manifest_dir.parent().context("xtask has no parent")?;
        let json =
            shell::read(shell::cargo(root).args(["metadata", "--format-version=1", "--no-deps"]))?;
        Self::from_json(&serde_json::from_str(&json)?)
    }

    /// The packages of `crates/`: what users get.
    pub(crate) fn libraries(&self) -> impl Iterator<Item = &Package> {
        let crates = self.root.join("crates");
        self.packages
            .iter()
            .filter(move |package| package.dir.starts_with(&crates))
    }

    /// `path` without the root, with `/` between its components.
    pub(crate) fn relative(&self, path: &Path) -> String {
        let path = path.strip_prefix(&self.root).unwrap_or(path);
        path.to_string_lossy().replace('\\', "/")
    }

    fn from_json(json: &Value) -> Result<Self> {
        let mut packages = array(json, "packages")?
            .iter()
            .map(Package::from_json)
            .collect::<Result<Vec<_>>>()?;
        packages.sort_by(|a, b| a.name.cmp(&b.name));
        Ok(Self {
            root: text(json, "workspace_root")?.into(),
            target: text(json, "target_directory")?.into(),
            packages,
        })
    }
}

impl Package {
    fn from_json(json: &Value) -> Result<Self> {
        let manifest = PathBuf::from(text(json, "manifest_path")?);
        let features = json["features"]
            .as_object()
            .context("no features")?
            .iter()
            .map(|(name, implied)| {
                let implied = implied.as_array().into_iter().flatten();
                let implied = implied.filter_map(Value::as_str).map(str::to_owned);
                (name.clone(), implied.collect())
            })
            .collect();
        let dependencies = array(json, "dependencies")?
            .iter()
            .map(Dependency::from_json)
            .collect::<Result<_>>()?;
        let targets = array(json, "targets")?
            .iter()
            .map(Target::from_json)
            .collect::<Result<_>>()?;
        Ok(Self {
            name: text(json, "name")?.to_owned(),
            dir: manifest
                .parent()
                .context("manifest in no directory")?
                .into(),
            // `publish = false` arrives as an empty list of registries.
            publish: json["publish"]
                .as_array()
                .is_none_or(|list| !list.is_empty()),
            features,
            dependencies,
            targets,
        })
    }
}

impl Dependency {
    fn from_json(json: &Value) -> Result<Self> {
        Ok(Self {
            name: text(json, "name")?.to_owned(),
            kind: match json["kind"].as_str() {
                Some("dev") => Kind::Dev,
                Some("build") => Kind::Build,
                _ => Kind::Normal,
            },
        })
    }
}

impl Target {
    fn from_json(json: &Value) -> Result<Self> {
        let kind = array(json, "kind")?.first().and_then(Value::as_str);
        Ok(Self {
            name: text(json, "name")?.to_owned(),
            kind: kind.context("target of no kind")?.to_owned(),
        })
    }
}

fn text<'a>(json: &'a Value, key: &str) -> Result<&'a str> {
    json[key]
        .as_str()
        .with_context(|| format!("cargo metadata: no text `{key}`"))
}

fn array<'a>(json: &'a Value, key: &str) -> Result<&'a Vec<Value>> {
    json[key]
        .as_array()
        .with_context(|| format!("cargo metadata: no list `{key}`"))
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use serde_json::json;

    use super::{Kind, Workspace};

    #[test]
    fn metadata_is_read() {
        let workspace = Workspace::from_json(&json!({
            "workspace_root": "/w",
            "target_directory": "/t",
            "packages": [{
                "name": "ws-x",
                "manifest_path": "/w/crates/ws-x/Cargo.toml",
                "publish": null,
                "features": {"default": ["a"], "a": ["dep:b"]},
                "dependencies": [
                    {"name": "b", "kind": null},
                    {"name": "c", "kind": "dev"},
                ],
                "targets": [{"name": "ws_x", "kind": ["lib"]}],
            }, {
                "name": "tool",
                "manifest_path": "/w/tool/Cargo.toml",
                "publish": [],
                "features": {},
                "dependencies": [],
                "targets": [],
            }],
        }))
        .unwrap();
        let [tool, library] = &workspace.packages[..] else {
            unreachable!("two packages went in");
        };
        assert!(library.publish && !tool.publish);
        assert_eq!(library.features["a"], ["dep:b"]);
        assert_eq!(library.dependencies[1].kind, Kind::Dev);
        assert_eq!(library.targets[0].kind, "lib");
        assert_eq!(workspace.libraries().count(), 1);
        assert_eq!(workspace.relative(Path::new("/w/a/b.rs")), "a/b.rs");
    }
}
