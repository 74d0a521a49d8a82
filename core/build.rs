//! Generates the table from rpc names to typed calls, out of the descriptors of the pinned protos: a call that
//! a new version of the protos brings is there without anyone listing it.

use std::{env, fmt::Write, fs, path::Path};

use heck::ToSnakeCase;
use prost::Message;
use prost_types::{FileDescriptorSet, ServiceDescriptorProto};

struct Service {
    package: &'static str,
    name: &'static str,
    /// The trait of `temporalio_client::grpc` that has one method for each rpc.
    client_trait: &'static str,
    function: &'static str,
}

const SERVICES: [Service; 3] = [
    Service {
        package: "temporal.api.workflowservice.v1",
        name: "WorkflowService",
        client_trait: "WorkflowService",
        function: "workflow_service",
    },
    Service {
        package: "temporal.api.operatorservice.v1",
        name: "OperatorService",
        client_trait: "OperatorService",
        function: "operator_service",
    },
    Service {
        package: "grpc.health.v1",
        name: "Health",
        client_trait: "HealthService",
        function: "health_service",
    },
];

fn main() {
    let descriptors = env::var("DEP_TEMPORALIO_PROTOS_DESCRIPTOR_PATH")
        .expect("temporalio-protos names its descriptor set");
    println!("cargo:rerun-if-changed=build.rs");
    println!("cargo:rerun-if-changed={descriptors}");

    let bytes = fs::read(&descriptors).expect("the descriptor set can be read");
    let files = FileDescriptorSet::decode(bytes.as_slice()).expect("the descriptor set is valid");
    let code: String =
        SERVICES.iter().map(|service| dispatch_function(service, find(&files, service))).collect();

    let out = env::var("OUT_DIR").expect("cargo sets OUT_DIR");
    fs::write(Path::new(&out).join("rpc_methods.rs"), code).expect("OUT_DIR can be written");
}

fn find<'a>(files: &'a FileDescriptorSet, wanted: &Service) -> &'a ServiceDescriptorProto {
    files
        .file
        .iter()
        .filter(|file| file.package() == wanted.package)
        .flat_map(|file| &file.service)
        .find(|service| service.name() == wanted.name)
        .unwrap_or_else(|| panic!("no service {}.{}", wanted.package, wanted.name))
}

fn dispatch_function(service: &Service, descriptor: &ServiceDescriptorProto) -> String {
    let mut code = format!(
        "fn {}(call: Call<'_>) -> Result<Pending, RpcFailure> {{\n    match call.method {{\n",
        service.function
    );
    let unary =
        descriptor.method.iter().filter(|method| !method.client_streaming() && !method.server_streaming());
    for method in unary {
        writeln!(
            code,
            "        {:?} => call.start(<Connection as {}>::{}),",
            method.name(),
            service.client_trait,
            method.name().to_snake_case()
        )
        .expect("a String can be written");
    }
    writeln!(
        code,
        "        _ => Err(unknown_method({:?}, call.method)),\n    }}\n}}\n",
        format!("{}.{}", service.package, service.name)
    )
    .expect("a String can be written");
    code
}
