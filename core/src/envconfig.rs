//! The standard client configuration: the variables `TEMPORAL_*` over a profile of `temporal.toml`.

use std::{collections::HashMap, fs, path::Path};

use serde::{Deserialize, Serialize};
use temporalio_common::envconfig::{
    ClientConfigProfile, ClientConfigTLS, DataSource, LoadClientConfigProfileOptions,
    load_client_config_profile,
};

use crate::{failure, tls::TlsSettings};

/// Options of `tcore_env_config`; null is the same as leaving a key out.
#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct EnvConfigOptions {
    /// Instead of `TEMPORAL_CONFIG_FILE` and the place where the system keeps it; must exist.
    pub config_file: Option<String>,
    /// Instead of `TEMPORAL_PROFILE` and `default`; must exist.
    pub profile: Option<String>,
    pub disable_file: bool,
    pub disable_env: bool,
}

/// The answer of `tcore_env_config`; null is what nobody set.
#[derive(Debug, Serialize)]
pub struct Profile {
    pub address: Option<String>,
    pub namespace: Option<String>,
    pub api_key: Option<String>,
    /// As `tcore_connect` takes it, with the contents of the files.
    pub tls: Option<TlsSettings>,
    pub headers: HashMap<String, String>,
    /// A remote codec that payloads are meant to go through.
    pub codec: Option<Codec>,
}

#[derive(Debug, Serialize)]
pub struct Codec {
    pub endpoint: Option<String>,
    pub auth: Option<String>,
}

pub fn load(options: EnvConfigOptions) -> Result<Profile, String> {
    load_from(options, None)
}

fn load_from(
    options: EnvConfigOptions,
    variables: Option<&HashMap<String, String>>,
) -> Result<Profile, String> {
    if let Some(file) = &options.config_file
        && !options.disable_file
        && !Path::new(file).exists()
    {
        return Err(format!("config_file: '{file}' does not exist")); // core would take it as empty
    }
    let load = LoadClientConfigProfileOptions::builder()
        .maybe_config_source(options.config_file.map(DataSource::Path))
        .maybe_config_file_profile(options.profile)
        .disable_file(options.disable_file)
        .disable_env(options.disable_env)
        .build();
    let profile = load_client_config_profile(load, variables).map_err(|error| failure::chain(&error))?;
    resolve(profile)
}

fn resolve(profile: ClientConfigProfile) -> Result<Profile, String> {
    Ok(Profile {
        address: profile.address,
        namespace: profile.namespace,
        api_key: profile.api_key,
        tls: profile.tls.map(resolve_tls).transpose()?,
        headers: profile.grpc_meta,
        codec: profile.codec.map(|codec| Codec { endpoint: codec.endpoint, auth: codec.auth }),
    })
}

fn resolve_tls(tls: ClientConfigTLS) -> Result<TlsSettings, String> {
    Ok(TlsSettings {
        disabled: tls.disabled,
        server_ca: contents("server CA certificate", tls.server_ca_cert)?,
        server_name: tls.server_name,
        client_cert: contents("client certificate", tls.client_cert)?,
        client_key: contents("client key", tls.client_key)?,
        disable_host_verification: tls.disable_host_verification,
    })
}

fn contents(what: &str, source: Option<DataSource>) -> Result<Option<String>, String> {
    let bytes = match source {
        None => return Ok(None),
        Some(DataSource::Data(bytes)) => bytes,
        Some(DataSource::Path(path)) => {
            fs::read(&path).map_err(|error| format!("{what}: cannot read '{path}': {error}"))?
        }
        Some(_) => return Err(format!("{what}: neither a file nor data")),
    };
    String::from_utf8(bytes).map(Some).map_err(|_| format!("{what}: not PEM: not even text"))
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use super::*;

    fn file_with(text: &str) -> tempfile::NamedTempFile {
        let mut file = tempfile::NamedTempFile::new().unwrap();
        file.write_all(text.as_bytes()).unwrap();
        file
    }

    fn options(file: &tempfile::NamedTempFile) -> EnvConfigOptions {
        let path = file.path().to_str().unwrap().to_owned();
        EnvConfigOptions { config_file: Some(path), ..Default::default() }
    }

    fn variables(pairs: &[(&str, &str)]) -> HashMap<String, String> {
        pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
    }

    #[test]
    fn a_profile_has_the_contents_of_its_files() {
        let key = file_with("the key");
        let file = file_with(&format!(
            "[profile.lab]\naddress = 'a.example:7233'\nnamespace = 'lab'\n\
             [profile.lab.tls]\nclient_key_path = '{}'\nserver_name = 'b.example'\n\
             [profile.lab.grpc_meta]\nSome_Header = 'value'\n",
            key.path().display()
        ));
        let options = EnvConfigOptions { profile: Some("lab".to_owned()), ..options(&file) };

        let profile = load_from(options, Some(&HashMap::new())).unwrap();

        assert_eq!(profile.address.as_deref(), Some("a.example:7233"));
        assert_eq!(profile.namespace.as_deref(), Some("lab"));
        assert_eq!(profile.headers["some-header"], "value");
        let tls = profile.tls.unwrap();
        assert_eq!(tls.client_key.as_deref(), Some("the key"));
        assert_eq!(tls.server_name.as_deref(), Some("b.example"));
        assert_eq!(tls.disabled, None);
    }

    #[test]
    fn a_variable_ranks_above_the_file() {
        let file = file_with("[profile.default]\naddress = 'file:7233'\nnamespace = 'file'\n");
        let variables = variables(&[("TEMPORAL_ADDRESS", "variable:7233"), ("TEMPORAL_TLS", "false")]);

        let profile = load_from(options(&file), Some(&variables)).unwrap();

        assert_eq!(profile.address.as_deref(), Some("variable:7233"));
        assert_eq!(profile.namespace.as_deref(), Some("file"));
        assert!(profile.tls.unwrap().is_disabled());
    }

    #[test]
    fn a_file_that_was_asked_for_must_exist() {
        let options =
            EnvConfigOptions { config_file: Some("/no/such/file".to_owned()), ..Default::default() };

        assert_eq!(load(options).unwrap_err(), "config_file: '/no/such/file' does not exist");
    }

    #[test]
    fn a_certificate_that_cannot_be_read_is_named() {
        let variables = variables(&[("TEMPORAL_TLS_CLIENT_CERT_PATH", "/no/such/cert")]);
        let options = EnvConfigOptions { disable_file: true, ..Default::default() };

        let error = load_from(options, Some(&variables)).unwrap_err();

        assert!(error.starts_with("client certificate: cannot read '/no/such/cert'"), "{error}");
    }

    #[test]
    fn a_profile_that_was_asked_for_must_exist() {
        let file = file_with("[profile.default]\n");
        let options = EnvConfigOptions { profile: Some("lab".to_owned()), ..options(&file) };

        assert!(load_from(options, Some(&HashMap::new())).unwrap_err().contains("'lab' not found"));
    }
}
