/// Everything that can be set, by its name in a configuration file.
package enum SettingKey: String, Sendable, Hashable, CaseIterable {
    case config, profile
    case url
    case apiKey = "api_key"
    case apiSecret = "api_secret"
    case api, instance
    case tlsVerify = "tls_verify"
    case caFile = "ca_file"
    case jobsDB = "jobs_db"
    case worker
    case workerIdle = "worker_idle"
    case rateLimit = "rate_limit"
    case rateBurst = "rate_burst"
    case retryCount = "retry_count"
    case retryDelay = "retry_delay"
    case reconcileGrace = "reconcile_grace"
    case startWithin = "start_within"
    case requestTimeout = "request_timeout"
    case keepJobs = "keep_jobs"
    case keepLogs = "keep_logs"
    case logLevel = "log_level"
    case logFormat = "log_format"

    /// Whether the value must never be shown.
    package var isSecret: Bool { self == .apiKey || self == .apiSecret }

    /// The environment variables that set it, in order of precedence.
    ///
    /// The other names are those of Komodo's own tools.
    package var environmentNames: [String] {
        switch self {
        case .url: ["KOMODO_URL", "KOMODO_ADDRESS", "KOMODO_CLI_HOST", "KOMODO_HOST"]
        case .apiKey: ["KOMODO_API_KEY", "KOMODO_CLI_KEY"]
        case .apiSecret: ["KOMODO_API_SECRET", "KOMODO_CLI_SECRET"]
        default: ["KOMODO_" + rawValue.uppercased()]
        }
    }

    /// Its names in a configuration file.
    var fileNames: [String] {
        switch self {
        case .config, .profile: []
        case .url: ["url", "address", "host"]
        case .apiKey: ["api_key", "key"]
        case .apiSecret: ["api_secret", "secret"]
        case .jobsDB: ["jobs_db", "db"]
        default: [rawValue]
        }
    }

    /// Its names as an option, without the leading dashes.
    package var argumentNames: [String] {
        let name = rawValue.split(separator: "_").joined(separator: "-")
        return self == .jobsDB ? ["db", name] : [name]
    }

    /// Whether `<NAME>_FILE` may name a file that holds the value.
    var mayComeFromFile: Bool { isSecret || self == .url }

    /// The name of the systemd credential that holds the value.
    var credentialName: String? {
        switch self {
        case .url: "komodo-url"
        case .apiKey: "komodo-api-key"
        case .apiSecret: "komodo-api-secret"
        default: nil
        }
    }

    /// The text that holds when nothing else is said.
    var standard: String? {
        switch self {
        case .api, .worker, .logFormat: "auto"
        case .tlsVerify: "true"
        case .rateLimit: "100"
        case .retryCount: "3"
        case .retryDelay: "1s"
        case .reconcileGrace: "30s"
        case .workerIdle: "5m"
        case .startWithin: "1h"
        case .requestTimeout: "20s"
        case .keepJobs: "90d"
        case .logLevel: "info"
        case .config, .profile, .url, .apiKey, .apiSecret, .instance, .caFile, .jobsDB,
            .rateBurst, .keepLogs:
            nil
        }
    }
}
