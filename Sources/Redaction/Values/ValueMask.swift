package import JSON

/// Masks the secrets in a value, by its texts and by the names that they stand under.
package struct ValueMask: Sendable {
    private let redactor: Redactor
    /// Whether markup and control sequences go too.
    private let strips: Bool

    /// A mask that also knows what `redactor` was told.
    package init(_ redactor: Redactor, strips: Bool) {
        self.redactor = redactor
        self.strips = strips
    }

    /// The texts in `settings` that are masked, each of them whole; the longest first.
    ///
    /// A program that is given them may print them anywhere.
    package func secrets(in settings: JSONObject) -> [String] {
        var texts: [String] = []
        Self.collect(.object(settings), .object(self.settings(settings)), into: &texts)
        return texts.sorted { $0.utf8.count > $1.utf8.count }
    }

    private static func collect(
        _ value: JSONValue, _ masked: JSONValue, into texts: inout [String]
    ) {
        switch value {
        case .object(let object):
            for (member, hidden) in zip(object.members, masked.object?.members ?? []) {
                collect(member.value, hidden.value, into: &texts)
            }
        case .array(let items):
            for (item, hidden) in zip(items, masked.array ?? []) {
                collect(item, hidden, into: &texts)
            }
        case .string(let text): if value != masked { texts.append(text) }
        case .number: if value != masked { texts.append(value.serialized()) }
        case .null, .bool: break
        }
    }

    /// What surrounds a value.
    private struct Place {
        /// The nearest name above it.
        var name = ""
        /// Whether people chose the names, as in an environment: more values count as secrets.
        var isSetting = false
    }

    /// Names of objects whose members are settings, and of texts that hold such settings.
    private static let settings: Set<String> = [
        "env", "environment", "build_args", "variables", "labels", "arguments", "args",
    ]
    /// Names of texts that are files or scripts.
    private static let files: Set<String> = settings.union([
        "compose_content", "content", "contents", "file_contents", "script", "dockerfile_content",
        "deployed_config", "dockerfile", "prev_toml", "current_toml",
    ])
    /// Names of texts, or of lists of lines, that programs wrote and that may have been cut.
    private static let logs: Set<String> = [
        "logs", "log", "stdout", "stderr", "output", "text", "lines",
    ]
    private static let logName = "log"
    /// Names of this program's own that only sound secret.
    private static let harmless: Set<String> = ["confirmation_token"]
    private static let nameMax = 200

    /// `value` with every secret replaced.
    package func value(_ value: JSONValue) -> JSONValue { masked(value, Place()) }

    /// A sentence, or another text that stands under no name, with every secret replaced.
    package func text(_ text: String) -> String { masked(text, Place()) }

    /// Lines that programs wrote, which may have been cut, with every secret replaced.
    package func log(_ text: String) -> String { masked(text, Place(name: Self.logName)) }

    /// Arguments of an operation, or settings that people named, with every secret replaced.
    package func settings(_ object: JSONObject) -> JSONObject {
        masked(object, Place(isSetting: true))
    }

    private func masked(_ value: JSONValue, _ place: Place) -> JSONValue {
        switch value {
        case .string(let text): .string(masked(text, place))
        case .array(let items): .array(masked(lines(items, place), place))
        case .object(let object): .object(masked(object, place))
        case .number, .bool:
            place.isSetting && isSecret(place) ? .string(Redactor.replacement) : value
        case .null: value
        }
    }

    private func masked(_ object: JSONObject, _ place: Place) -> JSONObject {
        var result = JSONObjectBuilder(capacity: object.count)
        let pairName = place.isSetting ? Self.pairName(object) : nil
        for member in object.members {
            let name = clean(name: member.key)
            var inner = Place(
                name: name, isSetting: place.isSetting || Self.settings.contains(name))
            if let pairName, member.key == "value" { inner.name = pairName }
            result.set(name, to: masked(member.value, inner))
        }
        return result.object
    }

    /// The name in `{variable: NAME, value: VALUE}`.
    private static func pairName(_ object: JSONObject) -> String? {
        guard object["value"] != nil else { return nil }
        return (object["variable"] ?? object["name"] ?? object["key"])?.string
    }

    /// The items without keys where they are the lines of a log.
    private func lines(_ items: [JSONValue], _ place: Place) -> [JSONValue] {
        guard Self.logs.contains(place.name) else { return items }
        let texts = items.compactMap(\.string)
        guard texts.count == items.count else { return items }
        return KeyRemains.mask(lines: texts.map { strips ? PlainText.strip($0) : $0 })
            .map { .string($0) }
    }

    private func masked(_ items: [JSONValue], _ place: Place) -> [JSONValue] {
        var isAfterSecretOption = false
        return items.map { item in
            defer {
                let option = item.string.flatMap { $0.hasPrefix("-") ? $0 : nil }
                isAfterSecretOption =
                    option.map { isSecret(setting: String($0.drop { $0 == "-" })) } ?? false
            }
            if isAfterSecretOption, item.string != nil { return .string(Redactor.replacement) }
            guard place.isSetting, let text = item.string, let pair = Self.pair(text) else {
                return masked(item, place)
            }
            let value = masked(pair.value, Place(name: pair.name, isSetting: true))
            return .string("\(clean(name: pair.name))=\(value)")
        }
    }

    private static func pair(_ text: String) -> (name: String, value: String)? {
        guard let sign = text.firstIndex(of: "="), sign > text.startIndex else { return nil }
        return (String(text[..<sign]), String(text[text.index(after: sign)...]))
    }

    private func masked(_ text: String, _ place: Place) -> String {
        guard !text.isEmpty else { return text }
        // Ours are random, and some would look like tokens of others.
        if !strips, !place.isSetting, Self.harmless.contains(place.name) { return text }
        var plain = strips ? PlainText.strip(text) : text
        if Self.logs.contains(place.name) { plain = KeyRemains.mask(plain) }
        let isFile = Self.files.contains(place.name)
        if !isFile, isSecret(place) { return Redactor.replacement }
        if place.isSetting, !isFile, !LikelySecret.isHarmless(place.name, plain),
            LikelySecret.isLikely(plain)
        {
            return Redactor.replacement
        }
        // Line by line first: the redactor would take the mark of a block for its value.
        if isFile { plain = FileMask.mask(plain, isSecret: isSecret(setting:)) }
        plain = CommandMask.options(plain, isSecret: isSecret(setting:))
        plain = PairMask.mask(plain)
        return WebhookMask.mask(CommandMask.addresses(redactor.redact(plain)))
    }

    private func isSecret(_ place: Place) -> Bool {
        if place.isSetting { return isSecret(setting: place.name) }
        return !Self.harmless.contains(place.name) && isSecret(name: place.name)
    }

    private func isSecret(setting name: String) -> Bool {
        isSecret(name: name) || LikelySecret.isLikelyName(name)
    }

    /// Whether the redactor takes any value under `name` for a secret.
    private func isSecret(name: String) -> Bool {
        guard !name.isEmpty, name.utf8.count <= Self.nameMax else { return false }
        let bytes = Array(name.utf8)
        let start = bytes.lastIndex { !ByteClass.name[Int($0)] }.map { $0 + 1 } ?? 0
        return SecretName.kind(of: bytes[start...], isQuoted: true) != nil
    }

    private func clean(name: String) -> String {
        guard strips else { return redactor.redact(name) }
        return redactor.redact(
            PlainText.singleLine(PlainText.strip(name), max: Self.nameMax))
    }
}
