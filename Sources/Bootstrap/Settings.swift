private import Glibc
package import Logging
package import Redaction

/// Everything the program is told from outside, read once, checked, and passed down.
package struct Settings: Sendable {
    /// Which API the Komodo speaks.
    package enum API: String, Sendable, CaseIterable {
        case auto, core, signed
    }

    /// Who works on the jobs.
    package enum WorkerMode: String, Sendable, CaseIterable {
        case auto, embedded, external
    }

    /// How log lines look.
    package enum LogFormat: String, Sendable, CaseIterable {
        case auto, human, plain, json
    }

    /// The normalized address of the Komodo; nil when none is set.
    package let url: String?
    package let apiKey: Secret?
    package let apiSecret: Secret?
    /// The first 16 hexadecimal digits of the SHA-256 of the key.
    package let keyFingerprint: String?
    package let api: API
    /// What jobs call this Komodo: `KOMODO_INSTANCE`, else the address.
    package let instance: String?
    package let verifiesTLS: Bool
    /// A PEM file of certificates to trust.
    package let caFile: String?

    /// The path of the database, absolute; nil when neither a setting nor a home directory says.
    package let jobsDB: String?
    package let worker: WorkerMode
    /// How long a worker that was started on demand stays without work.
    package let workerIdle: Duration

    /// HTTP requests per minute, sustained.
    package let rateLimit: Int
    /// The most HTTP requests in any 60 seconds.
    package let rateBurst: Int
    /// How often one HTTP exchange is repeated.
    package let retryCount: Int
    /// The delay before the first repetition.
    package let retryDelay: Duration
    package let reconcileGrace: Duration
    /// How long after its time a job may still be sent, unless it says so itself.
    package let startWithin: Duration
    package let requestTimeout: Duration
    /// How long a worker keeps finished jobs; nil for ever.
    package let keepJobs: Duration?
    /// How long it keeps their logs; nil for as long as the jobs.
    package let keepLogs: Duration?

    package let logLevel: Logger.Level
    package let logFormat: LogFormat

    /// The configuration file that was read.
    package let configFile: String?
    package let profile: String?

    /// What works but should be looked at, as sentences; to be logged once.
    package let warnings: [String]

    /// What was found for each key, for ``explain()`` and ``handover()``.
    let found: [SettingKey: FoundSetting]

    init(found: [SettingKey: FoundSetting], warnings: [String]) throws(SettingsError) {
        let parser = SettingsParser(found: found)
        url = try parser.url()
        apiKey = try parser.secret(.apiKey)
        apiSecret = try parser.secret(.apiSecret)
        keyFingerprint = apiKey.map(KeyFingerprint.of)
        api = try parser.choice(.api, .auto)
        instance = try parser.name(.instance) ?? url
        verifiesTLS = try parser.flag(.tlsVerify, true)
        caFile = try parser.name(.caFile)
        jobsDB = try parser.name(.jobsDB)
        worker = try parser.choice(.worker, .auto)
        workerIdle = try parser.duration(
            .workerIdle, .seconds(1) ... .seconds(86_400), .seconds(300))
        rateLimit = try parser.number(.rateLimit, 1...100_000, 100)
        rateBurst = try parser.burst(limit: rateLimit)
        retryCount = try parser.number(.retryCount, 0...20, 3)
        retryDelay = try parser.retryDelay()
        reconcileGrace = try parser.duration(
            .reconcileGrace, .seconds(1) ... .seconds(3_600), .seconds(30))
        startWithin = try parser.duration(
            .startWithin, .seconds(1) ... .seconds(365 * 86_400), .seconds(3_600))
        // A worker that takes a job over waits for the sender's deadline, but not for ever.
        requestTimeout = try parser.duration(
            .requestTimeout, .seconds(1) ... .seconds(90), .seconds(20))
        keepJobs = try parser.retention(.keepJobs, .seconds(90 * 86_400))
        keepLogs = try parser.retention(.keepLogs, nil)
        logLevel = try parser.logLevel()
        logFormat = try parser.choice(.logFormat, .auto)
        configFile = try parser.name(.config)
        profile = try parser.name(.profile)
        self.warnings = warnings
        self.found = found
    }

    /// A redactor that knows the secrets of these settings.
    package var redactor: Redactor {
        Redactor(secrets: [apiKey, apiSecret].compactMap { $0 })
    }

    /// Where the value of `key` came from; nil when it is not set.
    package func origin(of key: SettingKey) -> SettingOrigin? {
        found[key]?.origin
    }
}

/// The settings without which no request can be sent.
package struct KomodoAccess: Sendable {
    package let url: String
    package let apiKey: Secret
    package let apiSecret: Secret
    package let instance: String
    package let keyFingerprint: String
}

extension Settings {
    /// What a request to Komodo needs.
    ///
    /// - Throws: ``SettingsError`` with code `missing` that says which variables to set, or
    ///   `unreadableFile` when the certificates to trust cannot be read.
    package func requireKomodo() throws(SettingsError) -> KomodoAccess {
        guard let url, let instance, let apiKey, let apiSecret, let keyFingerprint else {
            let missing = [
                url == nil ? "KOMODO_URL" : nil, apiKey == nil ? "KOMODO_API_KEY" : nil,
                apiSecret == nil ? "KOMODO_API_SECRET" : nil,
            ].compactMap { $0 }
            let names =
                missing.count > 1
                ? missing.dropLast().joined(separator: ", ") + " and " + missing[missing.count - 1]
                : missing.joined()
            throw SettingsError(
                code: .missing,
                message: "Komodo cannot be reached without \(names); set"
                    + " \(missing.count > 1 ? "them" : "it") in the environment, in .env or in a"
                    + " configuration file")
        }
        if let caFile, access(caFile, R_OK) != 0 {
            let fault = SettingsFile.Fault(errno)
            let place = origin(of: .caFile)?.place ?? SettingKey.caFile.rawValue
            throw SettingsError(
                code: .unreadableFile,
                message: "\(place) names \(caFile): \(fault.reason)")
        }
        return KomodoAccess(
            url: url, apiKey: apiKey, apiSecret: apiSecret, instance: instance,
            keyFingerprint: keyFingerprint)
    }
}
