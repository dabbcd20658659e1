internal import JSON
internal import Logging
internal import Redaction

/// One event of the log as text, in one of three formats; pure.
struct LogLine {
    /// Longer lines are cut, so that one fits with its end into what a pipe takes at once (4,096): a
    /// line is written whole or not at all.
    static let bytesMax = 4_000

    let level: Logger.Level
    let message: String
    let metadata: Logger.Metadata
    let label: String
    /// RFC 3339 in UTC with milliseconds.
    let time: String

    /// A line for people; in colour and with the time of day alone on a terminal.
    func human(isTerminal: Bool, hasColour: Bool) -> String {
        let time = isTerminal ? String(time.dropFirst(11).prefix(8)) : time
        let name = level.rawValue.uppercased()
        let padded = name + String(repeating: " ", count: max(0, 8 - name.utf8.count))
        let tint = hasColour ? (level.colour, "\u{1B}[0m") : ("", "")
        let dim = hasColour ? ("\u{1B}[2m", "\u{1B}[0m") : ("", "")
        let pairs = pairs.isEmpty ? "" : " \(dim.0)\(pairs)\(dim.1)"
        return
            "\(dim.0)\(time)\(dim.1) \(tint.0)\(padded)\(tint.1) \(Self.visible(message))\(pairs)"
    }

    /// A line for the journal, which adds the time and reads the priority in front (sd-daemon(3)).
    func plain() -> String {
        "<\(level.priority)>\(Self.visible(message))\(pairs.isEmpty ? "" : " \(pairs)")"
    }

    /// A JSON object: `time`, `level`, `logger`, `message`, then the metadata.
    func json() -> String {
        var object = JSONObject([
            ("time", .string(time)), ("level", .string(level.rawValue)),
            ("logger", .string(label)), ("message", .string(message)),
        ])
        for (key, value) in metadata.sorted(by: { $0.key < $1.key }) where object[key] == nil {
            object[key] = Self.json(value)
        }
        return JSONValue.object(object).serialized()
    }

    /// The line with secrets replaced in its message and in its metadata.
    func masked(by mask: ValueMask) -> LogLine {
        LogLine(
            level: level, message: mask.text(message),
            metadata: Self.masked(metadata, mask), label: label, time: time)
    }

    private static func masked(_ metadata: Logger.Metadata, _ mask: ValueMask) -> Logger.Metadata {
        Logger.Metadata(
            uniqueKeysWithValues: metadata.map { key, value in
                (key, masked(value, under: key, mask))
            })
    }

    private static func masked(
        _ value: Logger.MetadataValue, under name: String, _ mask: ValueMask
    ) -> Logger.MetadataValue {
        switch value {
        case .string(let text): .string(masked(text, under: name, mask))
        case .stringConvertible(is any BinaryInteger): value
        case .stringConvertible(let other): .string(masked(other.description, under: name, mask))
        case .array(let values): .array(values.map { masked($0, under: name, mask) })
        case .dictionary(let table): .dictionary(masked(table, mask))
        }
    }

    private static func masked(_ text: String, under name: String, _ mask: ValueMask) -> String {
        mask.value(.object(JSONObject([(name, .string(text))]))).object?.members.first?.value.string
            ?? Redactor.replacement
    }

    /// A line that is short enough to stay JSON: the beginning of the message, masked before it is
    /// cut, and no metadata.
    func shortened(by mask: ValueMask) -> LogLine {
        // Six bytes each at most, as JSON writes control characters.
        let scalarsMax = 500
        var message = String.UnicodeScalarView()
        message.append(contentsOf: mask.text(self.message).unicodeScalars.prefix(scalarsMax))
        return LogLine(
            level: level, message: String(message) + "…", metadata: [:], label: label, time: time)
    }

    private var pairs: String {
        metadata
            .sorted { $0.key < $1.key }
            .map { "\($0.key)=\(Self.quoted($0.value.description))" }
            .joined(separator: " ")
    }

    private static func quoted(_ text: String) -> String {
        let needsQuotes = text.isEmpty || text.utf8.contains { $0 <= 0x20 || $0 == 0x22 }
        return needsQuotes ? JSONValue.string(text).serialized() : visible(text)
    }

    /// The text on one line, without control characters a terminal would obey.
    private static func visible(_ text: String) -> String {
        let isClean = text.unicodeScalars.allSatisfy { $0.properties.generalCategory != .control }
        if isClean { return text }
        var line = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\n": line += "\\n"
            case "\t": line += " "
            case _ where scalar.properties.generalCategory == .control:
                line += "\\u{\(String(scalar.value, radix: 16))}"
            default: line.unicodeScalars.append(scalar)
            }
        }
        return line
    }

    private static func json(_ value: Logger.MetadataValue) -> JSONValue {
        switch value {
        case .string(let text): .string(text)
        case .stringConvertible(let number as any BinaryInteger): .int(number)
        case .stringConvertible(let value): .string(value.description)
        case .array(let values): .array(values.map(json))
        case .dictionary(let table):
            .object(
                JSONObject(table.sorted { $0.key < $1.key }.map { ($0.key, json($0.value)) }))
        }
    }
}

extension Logger.Level {
    /// The syslog priority (sd-daemon(3)).
    var priority: Int {
        switch self {
        case .trace, .debug: 7
        case .info: 6
        case .notice: 5
        case .warning: 4
        case .error: 3
        case .critical: 2
        }
    }

    fileprivate var colour: String {
        switch self {
        case .trace, .debug: "\u{1B}[2m"
        case .info: "\u{1B}[32m"
        case .notice: "\u{1B}[36m"
        case .warning: "\u{1B}[33m"
        case .error, .critical: "\u{1B}[31m"
        }
    }
}
