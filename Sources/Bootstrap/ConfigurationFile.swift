internal import Configuration
internal import JSON
internal import Jobs
internal import Synchronization

/// A YAML or JSON file of settings, with profiles.
///
/// Top level: the keys of ``SettingKey``, `default_profile`, and `profiles`, a mapping of names to
/// mappings of the same keys.
struct ConfigurationFile: Sendable {
    let path: String
    let isReadableByOthers: Bool
    /// The settings outside of every profile.
    private(set) var common: [String: String] = [:]
    private(set) var profiles: [String: [String: String]] = [:]
    private(set) var defaultProfile: String?

    /// Reads and checks the keys of `file`; a name that ends in `.json` is read as JSON.
    init(_ file: SettingsFile) throws(SettingsError) {
        path = file.path
        isReadableByOthers = file.isReadableByOthers
        let isJSON = path.hasSuffix(".json")
        let values = isJSON ? try Self.json(file) : try Self.yaml(file)
        for (key, value) in values { try add(key, value) }
    }

    private mutating func add(_ key: String, _ value: String?) throws(SettingsError) {
        if key == "default_profile" {
            defaultProfile = value
            return
        }
        guard key == "profiles" || key.hasPrefix("profiles.") else {
            try check(key, profile: nil)
            common[key] = value
            return
        }
        let rest = key.dropFirst("profiles.".count)
        guard let dot = rest.lastIndex(of: ".") else {
            // A profile without settings, or `profiles` without profiles.
            if !rest.isEmpty { profiles[String(rest), default: [:]] = [:] }
            return
        }
        let profile = String(rest[..<dot])
        let name = String(rest[rest.index(after: dot)...])
        try check(name, profile: profile)
        profiles[profile, default: [:]][name] = value
    }

    private func check(_ name: String, profile: String?) throws(SettingsError) {
        guard !Self.names.contains(name) else { return }
        let place = profile.map { "\(path) profile \($0)" } ?? path
        let nearest = NearestNames.nearest(to: name, among: Self.names).first
        let advice = nearest.map { "did you mean \($0)?" } ?? "it is no setting; leave it out"
        throw SettingsError(code: .unknownKey, message: "\(name) in \(place): \(advice)")
    }

    private static let names: [String] = SettingKey.allCases.flatMap { key in
        key.mayComeFromFile ? key.fileNames + key.fileNames.map { $0 + "_file" } : key.fileNames
    }

    // MARK: Formats

    private static func yaml(_ file: SettingsFile) throws(SettingsError) -> [String: String?] {
        let isEmpty = file.text.split(whereSeparator: \.isNewline).allSatisfy { line in
            let content = line.drop { $0.isWhitespace }
            return content.isEmpty || content.hasPrefix("#") || content == "---"
        }
        guard !isEmpty else { return [:] }
        let keys = KeyCollector()
        let bytes = Array(file.text.utf8)
        do {
            // The specifier is asked about every key, which is the one way to list them.
            let options = YAMLSnapshot.ParsingOptions(secretsSpecifier: .dynamic(keys.collect))
            let snapshot = try YAMLSnapshot(
                data: bytes.span.bytes, providerName: file.path, parsingOptions: options)
            var values: [String: String?] = [:]
            for key in keys.all {
                values.updateValue(try scalar(snapshot, key, file.path), forKey: key)
            }
            return values
        } catch let error as SettingsError {
            throw error
        } catch {
            // The parser's message quotes the file, secrets included: only its place is passed on.
            let place = line(of: String(describing: error)).map { " near line \($0)" } ?? ""
            throw SettingsError(
                code: .malformedFile,
                message: "\(file.path) is not a YAML mapping of settings\(place)")
        }
    }

    private static func scalar(
        _ snapshot: YAMLSnapshot, _ key: String, _ path: String
    ) throws(SettingsError) -> String? {
        let value: ConfigValue?
        do {
            value = try snapshot.value(forKey: AbsoluteConfigKey([key]), type: .string).value
        } catch {
            throw notOneValue(key, path)
        }
        guard case .string(let text)? = value?.content else { return nil }
        return ["", "~", "null"].contains(text) ? nil : text
    }

    /// The first number of a message like `4:5: error: …`.
    private static func line(of message: String) -> Int? {
        Int(message.prefix { $0.isASCII && $0.isNumber })
    }

    private static func json(_ file: SettingsFile) throws(SettingsError) -> [String: String?] {
        let value: JSONValue
        do {
            value = try JSONValue(parsing: file.text)
        } catch {
            throw SettingsError(code: .malformedFile, message: "\(file.path): \(error)")
        }
        guard let object = value.object else {
            throw SettingsError(
                code: .malformedFile, message: "\(file.path) is not a JSON object of settings")
        }
        var values: [String: String?] = [:]
        try flatten(object, prefix: "", into: &values, file.path)
        return values
    }

    /// The parser bounds the depth.
    private static func flatten(
        _ object: JSONObject, prefix: String, into values: inout [String: String?],
        _ path: String
    ) throws(SettingsError) {
        for member in object.members {
            let key = prefix + member.key
            switch member.value {
            case .object(let inner):
                if inner.isEmpty { values.updateValue(nil, forKey: key) }
                try flatten(inner, prefix: key + ".", into: &values, path)
            case .string(let text), .number(let text): values[key] = text
            case .bool(let flag): values[key] = String(flag)
            case .null: values.updateValue(nil, forKey: key)
            case .array: throw notOneValue(key, path)
            }
        }
    }

    private static func notOneValue(_ key: String, _ path: String) -> SettingsError {
        SettingsError(
            code: .malformedFile, message: "\(key) in \(path) is a list: write one value")
    }
}

/// Notes the keys it is asked about.
private final class KeyCollector: Sendable {
    private let keys = Mutex<[String]>([])

    var all: [String] { keys.withLock { $0 } }

    /// Notes `key` and calls it a secret, for the file may hold some.
    @Sendable func collect(_ key: String, _: Void) -> Bool {
        keys.withLock { $0.append(key) }
        return true
    }
}
