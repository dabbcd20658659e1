internal import JSON

/// Marked secrets in every place where Core, or a container, shows some to whoever may read.
///
/// Every place has its own, so that one that comes out somewhere tells where it went in. They are
/// planted into finished answers, by the names that texts stand under.
struct Canaries: Sendable {
    /// What every canary begins with.
    static let mark = "c4n4ry"

    private static let settings: Set<String> = [
        "environment", "build_args", "secret_args", "arguments", "labels", "env",
    ]
    private static let secrets: Set<String> = ["webhook_secret", "passkey", "password", "secret"]
    private static let files: Set<String> = [
        "file_contents", "contents", "deployed_config", "dockerfile", "prev_toml", "current_toml",
    ]
    private static let logs: Set<String> = ["stdout", "stderr", "output"]
    private static let prose: Set<String> = [
        "error", "trace", "message", "details", "description", "latest_message", "built_message",
        "deployed_message",
    ]
    private static let addresses: Set<String> = ["address", "url"]
    private static let arguments: Set<String> = ["extra_args", "build_extra_args"]

    /// Every canary by the name that it is planted under.
    static var all: [(name: String, canaries: [String])] {
        let texts = settings.union(secrets).union(files).union(logs).union(prose)
            .union(["command"])
        var samples: [String: JSONValue] = ["params": ["type": "RunAction", "params": [:]]]
        for name in texts { samples[name] = "" }
        for name in addresses { samples[name] = "https://a.example.com" }
        for name in arguments { samples[name] = [] }
        return samples.sorted { $0.key < $1.key }.map { name, sample in
            (name, found(in: planted(sample, name).serialized()))
        }
    }

    /// The canaries in a text.
    static func found(in text: String) -> [String] {
        text.ranges(of: mark).map { range in
            String(text[range.lowerBound...].prefix { $0.isASCII && ($0.isLetter || $0.isNumber) })
        }
    }

    /// An answer with canaries in it.
    static func planted(_ value: JSONValue, _ name: String = "") -> JSONValue {
        switch value {
        case .string(let text): return .string(planted(text, name))
        case .array(let items):
            let more = arguments.contains(name) ? options(name) : []
            return .array(items.map { planted($0, name) } + more)
        case .object(let object):
            var result = JSONObject(
                object.members.map { ($0.key, planted($0.value, $0.key)) })
            if settings.contains(name) { addSettings(name, to: &result) }
            // Updates of configurations have both.
            if object["logs"] != nil, object["operation"] != nil {
                for name in ["prev_toml", "current_toml"] {
                    result[name] = .string(planted("", name))
                }
            }
            if object["type"] == "RunAction", var params = result["params"]?.object {
                params["args"] = [
                    "password": .string(word("params", 1)), "dbPass": .string(word("params", 2)),
                ]
                result["params"] = .object(params)
            }
            return .object(result)
        case .null, .bool, .number: return value
        }
    }

    private static func planted(_ text: String, _ name: String) -> String {
        if settings.contains(name) { return text + lines(name) }
        if secrets.contains(name) { return word(name, 1) }
        if files.contains(name) { return text + file(name) }
        if logs.contains(name) { return text + log(name) }
        if prose.contains(name) {
            return text + " (https://bot:\(word(name, 1))@git.example.com/a.git, "
                + "token glpat-\(random(name, 2)), password=\(word(name, 3)))"
        }
        if name == "command" {
            return text + " --env DB_PASSWORD=\(word(name, 1)) -e API_TOKEN=\(word(name, 2))"
                + " --requirepass \(word(name, 3))"
        }
        if addresses.contains(name), let scheme = text.firstRange(of: "://") {
            return String(text[..<scheme.upperBound]) + "bot:\(word(name, 1))@"
                + text[scheme.upperBound...]
        }
        return text
    }

    // MARK: Shapes

    private static func lines(_ name: String) -> String {
        """
        DB_PASSWORD=\(word(name, 1))
        dbPass=\(word(name, 2))
        DATABASE_URL=postgres://app:\(word(name, 3))@db.internal/app
        APP_KEY=base64:\(random(name, 4))
        SESSION=\(random(name, 5))
        DEPLOY=ghp_\(random(name, 6))

        """
    }

    private static func addSettings(_ name: String, to object: inout JSONObject) {
        for line in lines(name).split(separator: "\n") {
            let parts = line.split(separator: "=", maxSplits: 1).map(String.init)
            object[parts[0]] = .string(parts[1])
        }
    }

    private static func options(_ name: String) -> [JSONValue] {
        [
            "--env", .string("DB_PASSWORD=\(word(name, 1))"), "--requirepass",
            .string(word(name, 2)),
        ]
    }

    private static func file(_ name: String) -> String {
        """

        # bot:\(word(name, 1))@registry.example.com/team/app
        x-canary:
            environment:
                - DB_PASSWORD=\(word(name, 2))
                - SESSION=\(random(name, 3))
            api_secret: "\(word(name, 4))"
            url = "https://hooks.slack.com/services/T000/B000/\(random(name, 5))"
            tls_key: |
                -----BEGIN PRIVATE KEY-----
                \(keyLine(name, 6))
                \(keyLine(name, 7))
                -----END PRIVATE KEY-----
        const apiToken = "\(word(name, 8))";

        """
    }

    private static func log(_ name: String) -> String {
        """

        DB_PASSWORD=\(word(name, 1))
        connecting to postgres://app:\(word(name, 2))@db.internal/app
        {"level":"info","password":"\(word(name, 3))","dbPass":"\(word(name, 4))"}
        using npm_\(random(name, 5))
        Authorization: Bearer \(random(name, 6))
        POST https://discord.com/api/webhooks/1234567890/\(random(name, 7))
        session eyJ\(random(name, 8))
        -----BEGIN RSA PRIVATE KEY-----
        \(keyLine(name, 9))
        \(keyLine(name, 10))
        -----END RSA PRIVATE KEY-----
        redis-server --requirepass \(word(name, 11))

        """
    }

    // MARK: Values

    /// A secret that does not look random.
    private static func word(_ name: String, _ number: Int) -> String {
        let digits = SeededRandom.hex("canary/\(name)/\(number)", digits: 12)
        let letters = digits.compactMap(\.hexDigitValue).map { Array("abdefghiklmoprst")[$0] }
        return mark + String(letters)
    }

    /// A secret that does.
    private static func random(_ name: String, _ number: Int) -> String {
        let digits = SeededRandom.hex("canary/\(name)/\(number)", digits: 52)
        let values = digits.compactMap(\.hexDigitValue)
        let letters = stride(from: 0, to: values.count, by: 2).map { place in
            alphabet[(values[place] * 16 + values[place + 1]) % alphabet.count]
        }
        return mark + String(letters)
    }

    /// A line of a private key.
    private static func keyLine(_ name: String, _ number: Int) -> String {
        random(name, number) + random(name + "+", number)
    }

    private static let alphabet = Array(
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789")
}
