import Logging
import Redaction
import Testing

@testable import Bootstrap

@Suite(.timeLimit(.minutes(2)))
struct SettingsTests {
    private let sandbox: Sandbox

    init() throws { sandbox = try Sandbox() }

    @Test func defaultsHoldWhenNothingIsSet() throws {
        let settings = try sandbox.load(["HOME": "/home/me"])
        #expect(settings.url == nil)
        #expect(settings.apiKey == nil)
        #expect(settings.keyFingerprint == nil)
        #expect(settings.api == .auto)
        #expect(settings.worker == .auto)
        #expect(settings.jobsDB == "/home/me/.local/state/komodo-mcp/jobs.db")
        #expect(settings.rateLimit == 100)
        #expect(settings.rateBurst == 200)
        #expect(settings.retryCount == 3)
        #expect(settings.retryDelay == .seconds(1))
        #expect(settings.reconcileGrace == .seconds(30))
        #expect(settings.startWithin == .seconds(3_600))
        #expect(settings.workerIdle == .seconds(300))
        #expect(settings.requestTimeout == .seconds(20))
        #expect(settings.verifiesTLS)
        #expect(settings.logLevel == .info)
        #expect(settings.logFormat == .auto)
        #expect(settings.warnings.isEmpty)
    }

    @Test func everySettingIsReadFromTheEnvironment() throws {
        let settings = try sandbox.load([
            "KOMODO_URL": "HTTPS://Komodo.Example.COM:443/base/", "KOMODO_API_KEY": "K-abc",
            "KOMODO_API_SECRET": "S-abc", "KOMODO_API": "core", "KOMODO_INSTANCE": "home",
            "KOMODO_JOBS_DB": "x/jobs.db", "KOMODO_WORKER": "External", "KOMODO_WORKER_IDLE": "10s",
            "KOMODO_RATE_LIMIT": "50", "KOMODO_RATE_BURST": "150", "KOMODO_RETRY_COUNT": "0",
            "KOMODO_RETRY_DELAY": "250", "KOMODO_RECONCILE_GRACE": "45s",
            "KOMODO_START_WITHIN": "2d", "KOMODO_REQUEST_TIMEOUT": "5s",
            "KOMODO_TLS_VERIFY": "no", "KOMODO_CA_FILE": "ca.pem", "KOMODO_LOG_LEVEL": "warn",
            "KOMODO_LOG_FORMAT": "json", "KOMODO_SOMETHING_ELSE": "x",
        ])
        #expect(settings.url == "https://komodo.example.com/base")
        #expect(settings.apiKey?.reveal() == "K-abc")
        #expect(settings.apiSecret?.reveal() == "S-abc")
        #expect(settings.api == .core)
        #expect(settings.instance == "home")
        #expect(settings.jobsDB == "\(sandbox.path)/x/jobs.db")
        #expect(settings.worker == .external)
        #expect(settings.workerIdle == .seconds(10))
        #expect(settings.rateLimit == 50)
        #expect(settings.rateBurst == 150)
        #expect(settings.retryCount == 0)
        #expect(settings.retryDelay == .milliseconds(250))
        #expect(settings.reconcileGrace == .seconds(45))
        #expect(settings.startWithin == .seconds(172_800))
        #expect(settings.requestTimeout == .seconds(5))
        #expect(!settings.verifiesTLS)
        #expect(settings.caFile == "\(sandbox.path)/ca.pem")
        #expect(settings.logLevel == .warning)
        #expect(settings.logFormat == .json)
    }

    @Test func theFingerprintIsTheBeginningOfTheHash() throws {
        let settings = try sandbox.load(["KOMODO_API_KEY": "abc"])
        #expect(settings.keyFingerprint == "ba7816bf8f01cfea")
    }

    @Test(arguments: [
        ("KOMODO_URL", "KOMODO_ADDRESS"), ("KOMODO_ADDRESS", "KOMODO_CLI_HOST"),
        ("KOMODO_CLI_HOST", "KOMODO_HOST"),
    ])
    func earlierNamesWin(winner: String, loser: String) throws {
        let settings = try sandbox.load([winner: "http://a", loser: "http://b"])
        #expect(settings.url == "http://a")
        #expect(settings.instance == "http://a")
        #expect(settings.origin(of: .url)?.place == winner)
        #expect(try sandbox.load([winner: "", loser: "http://b"]).url == "http://b")
    }

    @Test func sourcesHaveTheirOrder() throws {
        try sandbox.write(
            "etc/config.yaml", "retry_count: 1\nprofiles:\n  p:\n    retry_count: 2\n")
        var environment: [String: String] = [:]
        var arguments: [String: String] = [:]
        func count() throws -> Int {
            try sandbox.load(environment, arguments: arguments).retryCount
        }
        #expect(try count() == 1)
        environment["KOMODO_PROFILE"] = "p"
        #expect(try count() == 2)
        try sandbox.write(".env", "KOMODO_RETRY_COUNT=4 # four\n")
        #expect(try count() == 4)
        environment["KOMODO_RETRY_COUNT"] = "5"
        #expect(try count() == 5)
        arguments["--retry-count"] = "6"
        #expect(try count() == 6)
    }

    @Test func filesAndCredentialsHoldSecrets() throws {
        let key = try sandbox.write("key", " K-from-file\n")
        try sandbox.write("creds/komodo-api-secret", "S-from-credential\n")
        try sandbox.write("creds/komodo-url", "https://a.example\n")
        let settings = try sandbox.load([
            "KOMODO_API_KEY_FILE": "key", "CREDENTIALS_DIRECTORY": "\(sandbox.path)/creds",
        ])
        #expect(settings.apiKey?.reveal() == "K-from-file")
        #expect(settings.apiSecret?.reveal() == "S-from-credential")
        #expect(settings.url == "https://a.example")
        #expect(settings.origin(of: .apiKey)?.place == "KOMODO_API_KEY_FILE")
        #expect(settings.origin(of: .apiSecret)?.place == "credential komodo-api-secret")
        #expect(settings.warnings.isEmpty, "\(key)")
    }

    @Test func aSecretThatOthersMayReadIsAWarning() throws {
        let key = try sandbox.write("key", "K-abc", mode: 0o644)
        try sandbox.write(".env", "KOMODO_API_SECRET=S-abc", mode: 0o604)
        let settings = try sandbox.load(["KOMODO_API_KEY_FILE": key])
        #expect(settings.warnings.count == 2)
        #expect(settings.warnings.allSatisfy { $0.contains("other users may read it: run chmod") })
    }

    @Test func surprisingCombinationsAreWarnings() throws {
        try sandbox.write(".env", "KOMODO_URL=https://elsewhere.example\n")
        try sandbox.write("etc/config.yaml", "profiles:\n  staging:\n    retry_count: 1\n")
        let settings = try sandbox.load(
            ["KOMODO_API_KEY": "k", "KOMODO_API_SECRET": "s", "KOMODO_RETRY_COUNT": "2"],
            arguments: ["profile": "staging"])
        #expect(
            settings.warnings == [
                "profile staging sets retry_count, but KOMODO_RETRY_COUNT wins",
                "KOMODO_URL in \(sandbox.path)/.env decides where the secret of"
                    + " KOMODO_API_SECRET is sent",
            ])
    }

    @Test(arguments: [
        ("config.yaml", "# c\n"), ("config.yml", "log_level: debug\n"),
        ("config.json", "{\"log_level\": \"debug\", \"retry_count\": 7, \"tls_verify\": false}"),
    ])
    func configurationFilesAreFound(name: String, text: String) throws {
        let path = try sandbox.write("xdg/komodo-mcp/\(name)", text)
        let settings = try sandbox.load(["XDG_CONFIG_HOME": "\(sandbox.path)/xdg"])
        #expect(settings.configFile == path)
        #expect(settings.logLevel == (text.contains("debug") ? .debug : .info))
        #expect(settings.verifiesTLS == !text.contains("tls_verify"))
    }

    @Test func profilesOverrideTheRestOfTheFile() throws {
        try sandbox.write("secret", "S-prod")
        let path = try sandbox.write(
            "my.yaml",
            """
            default_profile: prod
            host: https://common.example
            start_within: 10m
            profiles:
              prod:
                url: https://prod.example
                api_secret_file: secret
              test:
                start_within: 30s
            """)
        let prod = try sandbox.load(arguments: ["config": "my.yaml"])
        #expect(prod.profile == "prod")
        #expect(prod.url == "https://prod.example")
        #expect(prod.apiSecret?.reveal() == "S-prod")
        #expect(prod.startWithin == .seconds(600))
        #expect(prod.origin(of: .url)?.place == "url in \(path) profile prod")
        let test = try sandbox.load(["KOMODO_CONFIG": path], arguments: ["profile": "test"])
        #expect(test.url == "https://common.example")
        #expect(test.startWithin == .seconds(30))
    }

    @Test(arguments: [
        (
            ["STATE_DIRECTORY": "/var/lib/k:/var/lib/l", "XDG_STATE_HOME": "/x"],
            "/var/lib/k/jobs.db"
        ),
        (["XDG_STATE_HOME": "/x", "HOME": "/h"], "/x/komodo-mcp/jobs.db"),
        (["XDG_STATE_HOME": "relative", "HOME": "/h"], "/h/.local/state/komodo-mcp/jobs.db"),
        (["KOMODO_JOBS_DB": "~/j.db", "HOME": "/h", "STATE_DIRECTORY": "/s"], "/h/j.db"),
        ([:], nil),
    ])
    func theDatabaseHasItsPlace(environment: [String: String], expected: String?) throws {
        #expect(try sandbox.load(environment).jobsDB == expected)
    }

    @Test func anArgumentNamesTheDatabaseFirst() throws {
        let settings = try sandbox.load(["KOMODO_JOBS_DB": "/a"], arguments: ["db": "/b"])
        #expect(settings.jobsDB == "/b")
        #expect(settings.origin(of: .jobsDB)?.place == "--db")
    }

    @Test func theBurstFollowsTheLimit() throws {
        #expect(try sandbox.load(["KOMODO_RATE_LIMIT": "600"]).rateBurst == 1_200)
        #expect(try sandbox.load(["KOMODO_RATE_LIMIT": "1"]).rateBurst == 7)
    }

    @Test func komodoIsRequiredOnlyWhenItIsNeeded() throws {
        let none = try sandbox.load()
        #expect(
            message { try none.requireKomodo() }
                == "Komodo cannot be reached without KOMODO_URL, KOMODO_API_KEY and"
                + " KOMODO_API_SECRET; set them in the environment, in .env or in a"
                + " configuration file")
        let some = try sandbox.load(["KOMODO_URL": "http://a", "KOMODO_API_KEY": "k"])
        #expect(message { try some.requireKomodo() }.contains("without KOMODO_API_SECRET; set it"))
        let all = try sandbox.load([
            "KOMODO_URL": "http://a", "KOMODO_API_KEY": "k", "KOMODO_API_SECRET": "s",
        ])
        let access = try all.requireKomodo()
        #expect(access.instance == "http://a")
        #expect(access.apiSecret.reveal() == "s")
    }

    @Test func theExplanationHidesSecrets() throws {
        try sandbox.write(".env", "KOMODO_API_SECRET='S-hidden'\n")
        let settings = try sandbox.load(["KOMODO_API_KEY": "K-hidden", "KOMODO_URL": "HTTP://A/"])
        let table = settings.explain()
        #expect(table.map(\.key) == SettingKey.allCases)
        let url = table.first { $0.key == .url }
        #expect(url == SettingExplanation(key: .url, value: "http://a", source: "KOMODO_URL"))
        let secret = table.first { $0.key == .apiSecret }
        #expect(secret?.value == "[redacted]")
        #expect(secret?.source == "KOMODO_API_SECRET in \(sandbox.path)/.env")
        #expect(table.first { $0.key == .retryCount }?.source == "default")
        #expect(table.first { $0.key == .caFile }?.value == nil)
    }

    @Test func noWayOfPrintingSettingsShowsSecrets() throws {
        let settings = try sandbox.load([
            "KOMODO_API_KEY": "K-hidden", "KOMODO_API_SECRET": "S-hidden",
        ])
        var printed = "\(settings) \(settings.explain()) \(settings.warnings)"
        dump(settings, to: &printed)
        debugPrint(settings, to: &printed)
        #expect(!printed.contains("hidden"))
    }

    @Test func aHandoverGivesTheSameSettings() throws {
        try sandbox.write("etc/config.yaml", "retry_delay: 2s\n")
        let settings = try sandbox.load([
            "KOMODO_URL": "https://a.example/", "KOMODO_API_KEY": "K-\"x\"", "HOME": "/h",
            "KOMODO_API_SECRET": "S-x", "KOMODO_START_WITHIN": "90m",
        ])
        let copy = try Settings(handover: settings.handover())
        #expect(copy.apiKey?.reveal() == "K-\"x\"")
        #expect(copy.apiSecret == settings.apiSecret)
        #expect(copy.keyFingerprint == settings.keyFingerprint)
        #expect(copy.explain() == settings.explain())
        #expect(copy.jobsDB == settings.jobsDB)
        #expect(copy.retryDelay == .seconds(2))
        #expect(copy.startWithin == .seconds(5_400))
        #expect(copy.handover() == settings.handover())
    }

    @Test(arguments: [
        "", "{}", "{\"schema\":2,\"settings\":{}}", "S-hidden",
        "{\"schema\":1,\"settings\":{\"x\":{}}}",
    ])
    func aMalformedHandoverIsRefused(text: String) {
        #expect(
            message { try Settings(handover: text) }
                == "the settings handed over by the parent are malformed")
    }
}
