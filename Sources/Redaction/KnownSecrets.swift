/// The secrets a redactor was told, ready to be found at any position of a text.
struct KnownSecrets: Sendable {
    /// Whether a known secret begins at a position.
    enum Match: Equatable {
        case none
        /// One begins here and is this many bytes long; the longest of several.
        case length(Int)
        /// The text ends before it can be told.
        case undecided
    }

    /// The secrets by their first byte, longest first.
    private let byFirstByte: [[[UInt8]]]

    init(_ texts: [String]) {
        self.init(byFirstByte: [[[UInt8]]](repeating: [], count: 256), texts)
    }

    /// These and others.
    func adding(_ texts: [String]) -> KnownSecrets {
        KnownSecrets(byFirstByte: byFirstByte, texts)
    }

    private init(byFirstByte known: [[[UInt8]]], _ texts: [String]) {
        var byFirstByte = known
        let usable = texts.map(Self.trimmed).filter { $0.utf8.count >= Redactor.secretBytesMin }
        for spelling in Set(usable.flatMap(Self.spellings)) {
            let bytes = Array(spelling.utf8)
            byFirstByte[Int(bytes[0])].append(bytes)
        }
        self.byFirstByte = byFirstByte.map { $0.sorted { $0.count > $1.count } }
    }

    /// The bytes that begin a known secret.
    var firstBytes: [UInt8] {
        byFirstByte.indices.filter { !byFirstByte[$0].isEmpty }.map(UInt8.init)
    }

    /// Whether a known secret begins at `position` of `bytes`.
    ///
    /// - Complexity: O(total length of the known secrets with the same first byte).
    @inline(__always)
    func match(_ bytes: UnsafeBufferPointer<UInt8>, at position: Int, isFinal: Bool) -> Match {
        let candidates = byFirstByte[Int(bytes[position])]
        if candidates.isEmpty { return .none }
        return match(candidates, bytes, at: position, isFinal: isFinal)
    }

    private func match(
        _ candidates: [[UInt8]], _ bytes: UnsafeBufferPointer<UInt8>, at position: Int,
        isFinal: Bool
    ) -> Match {
        let available = bytes.count - position
        for candidate in candidates {
            let length = min(candidate.count, available)
            guard (1..<length).allSatisfy({ bytes[position + $0] == candidate[$0] }) else {
                continue
            }
            if length == candidate.count { return .length(length) }
            if !isFinal { return .undecided }
        }
        return .none
    }

    private static func trimmed(_ text: String) -> String {
        let visible = text.drop { $0.isWhitespace }
        guard let last = visible.lastIndex(where: { !$0.isWhitespace }) else { return "" }
        return String(visible[...last])
    }

    /// The text as it is, inside a JSON string, and percent-encoded.
    private static func spellings(_ text: String) -> [String] {
        var json = ""
        var percent = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": json += "\\\""
            case "\\": json += "\\\\"
            case "\n": json += "\\n"
            case "\r": json += "\\r"
            case "\t": json += "\\t"
            default: json.unicodeScalars.append(scalar)
            }
        }
        let digits = Array("0123456789ABCDEF")
        for byte in text.utf8 {
            if ByteClass.unreserved[Int(byte)] {
                percent.unicodeScalars.append(Unicode.Scalar(byte))
            } else {
                percent += "%\(digits[Int(byte >> 4)])\(digits[Int(byte & 15)])"
            }
        }
        return [text, json, percent]
    }
}
