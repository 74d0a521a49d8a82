"""Temporal behind a proxy that asks for TLS, for a client certificate, or for an API key."""

import json
import os
import subprocess
import unittest

from stack import PATIENCE, WORKER, Process, Stack, free_port, wait_until

CHAT = json.dumps({"messages": [{"role": "user", "content": "hello"}]})


class Certificates:
    """An authority, a server of 127.0.0.1, and a client, made anew."""

    def __init__(self, folder, name):
        self.folder = folder / name
        self.folder.mkdir()
        self.openssl("req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2",
                     "-subj", f"/CN={name}", "-keyout", "ca.key", "-out", "ca.pem")
        self.issue("server", "subjectAltName=IP:127.0.0.1,DNS:localhost")
        self.issue("client", "extendedKeyUsage=clientAuth")
        (self.folder / "server.bundle").write_text((self.folder / "server.pem").read_text() +
                                                   (self.folder / "server.key").read_text())

    def openssl(self, *arguments):
        subprocess.run(["openssl", *arguments], check=True, capture_output=True, cwd=self.folder, timeout=PATIENCE)

    def issue(self, name, extension):
        (self.folder / f"{name}.ext").write_text(extension + "\n")
        self.openssl("req", "-new", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes",
                     "-subj", f"/CN={name}", "-keyout", f"{name}.key", "-out", f"{name}.csr")
        self.openssl("x509", "-req", "-days", "2", "-in", f"{name}.csr", "-CA", "ca.pem", "-CAkey", "ca.key",
                     "-CAcreateserial", "-extfile", f"{name}.ext", "-out", f"{name}.pem")

    def __getitem__(self, name):
        return str(self.folder / name)


class Tls(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.stack = Stack()
        cls.addClassCleanup(cls.stack.close)
        cls.certificates = Certificates(cls.stack.folder, "right")
        cls.strangers = Certificates(cls.stack.folder, "wrong")
        cls.ports = {name: free_port() for name in ("tls", "mtls", "key")}
        cls.start_proxy()
        cls.config = cls.stack.folder / "models.yaml"
        engine = cls.stack.engine()
        cls.config.write_text(f"models:\n  echo: {{engine: vllm, endpoints: [http://127.0.0.1:{engine.http}/v1]}}\n")

    @classmethod
    def start_proxy(cls):
        bundle, ca = cls.certificates["server.bundle"], cls.certificates["ca.pem"]
        def front(name, options, rule=""):
            return (f"frontend {name}\n  bind 127.0.0.1:{cls.ports[name]} ssl crt {bundle} alpn h2 {options}\n"
                    f"{rule}  default_backend temporal\n")
        file = cls.stack.folder / "haproxy.cfg"
        file.write_text(
            "defaults\n  mode http\n  timeout connect 5s\n  timeout client 120s\n  timeout server 120s\n"
            f"backend temporal\n  server one 127.0.0.1:{cls.stack.port} proto h2\n" +
            front("tls", "") + front("mtls", f"verify required ca-file {ca}") +
            front("key", "", "  http-request return status 401 unless { req.hdr(authorization) -m str 'Bearer let-me-in' }\n"))
        proxy = Process(cls.stack, "haproxy", ["haproxy", "-db", "-f", file])
        wait_until(lambda: subprocess.run(["openssl", "s_client", "-connect", f"127.0.0.1:{cls.ports['tls']}"],
                                          stdin=subprocess.DEVNULL, capture_output=True).returncode == 0 or
                   proxy.child.poll() is not None, "haproxy listens")

    def environment(self, port, **variables):
        plain = {name: value for name, value in os.environ.items() if not name.startswith("TEMPORAL_")}
        return {**plain, "TEMPORAL_ADDRESS": f"127.0.0.1:{self.ports[port]}", **variables}

    def run_job(self, environment):
        worker = subprocess.Popen([str(WORKER), "worker", "--config", str(self.config)], env=environment,
                                  stderr=subprocess.PIPE, text=True)
        try:
            return subprocess.run([str(WORKER), "submit", "--model", "echo", "--input", CHAT, "--timeout", "30s"],
                                  env=environment, capture_output=True, text=True, timeout=PATIENCE)
        finally:
            worker.terminate()
            worker.communicate(timeout=PATIENCE)

    def refused(self, environment):
        return subprocess.run([str(WORKER), "status", "nobody"], env=environment, capture_output=True, text=True,
                              timeout=PATIENCE)

    def test_a_job_runs_over_tls(self):
        done = self.run_job(self.environment("tls", TEMPORAL_TLS_SERVER_CA_CERT_PATH=self.certificates["ca.pem"]))
        self.assertEqual(done.returncode, 0, done.stderr)

    def test_a_job_runs_over_mutual_tls(self):
        done = self.run_job(self.environment("mtls", TEMPORAL_TLS_SERVER_CA_CERT_PATH=self.certificates["ca.pem"],
                                             TEMPORAL_TLS_CLIENT_CERT_PATH=self.certificates["client.pem"],
                                             TEMPORAL_TLS_CLIENT_KEY_PATH=self.certificates["client.key"]))
        self.assertEqual(done.returncode, 0, done.stderr)

    def test_a_job_runs_with_an_api_key(self):
        done = self.run_job(self.environment("key", TEMPORAL_API_KEY="let-me-in",
                                             TEMPORAL_TLS_SERVER_CA_CERT_PATH=self.certificates["ca.pem"]))
        self.assertEqual(done.returncode, 0, done.stderr)

    def test_a_wrong_authority_is_refused_and_named_as_the_certificate_s_fault(self):
        refused = self.refused(self.environment("tls", TEMPORAL_TLS_SERVER_CA_CERT_PATH=self.strangers["ca.pem"]))
        self.assertEqual(refused.returncode, 5)
        self.assertIn("certificate", refused.stderr)
        self.assertEqual(refused.stdout, "")

    def test_without_a_client_certificate_mutual_tls_is_refused(self):
        # Often, for the refusal races with our own writes: they once ended the process by SIGPIPE.
        for _ in range(10):
            refused = self.refused(
                self.environment("mtls", TEMPORAL_TLS_SERVER_CA_CERT_PATH=self.certificates["ca.pem"]))
            self.assertEqual(refused.returncode, 5, refused.stderr)

    def test_a_wrong_api_key_is_refused_and_not_printed(self):
        refused = self.refused(self.environment("key", TEMPORAL_API_KEY="secret-but-wrong",
                                                TEMPORAL_TLS_SERVER_CA_CERT_PATH=self.certificates["ca.pem"]))
        self.assertEqual(refused.returncode, 5, refused.stderr)
        self.assertNotIn("secret-but-wrong", refused.stderr)


if __name__ == "__main__":
    unittest.main()
