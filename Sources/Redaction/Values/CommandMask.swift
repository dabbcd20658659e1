/// Masks the values of secret options in commands, and passwords in addresses without a scheme.
enum CommandMask {
    private static let nameMax = 64

    /// `text` with what stands after secret options replaced, as in `--requirepass X`.
    static func options(_ text: String, isSecret: (String) -> Bool) -> String {
        let bytes = Array(text.utf8)
        var result: [UInt8] = []
        var copied = 0
        var index = 0
        while index + 2 < bytes.count {
            guard bytes[index] == UInt8(ascii: "-"), bytes[index + 1] == UInt8(ascii: "-"),
                index == 0 || isBoundary(bytes[index - 1]), isLetter(bytes[index + 2])
            else {
                index += 1
                continue
            }
            let name = bytes[(index + 2)...].prefix(nameMax).prefix { isName($0) }
            index = name.endIndex
            guard let value = value(in: bytes, after: index),
                isSecret(String(decoding: name, as: UTF8.self))
            else { continue }
            result += bytes[copied..<value.lowerBound] + Array(Redactor.replacement.utf8)
            copied = value.upperBound
            index = copied
        }
        guard copied > 0 else { return text }
        return String(decoding: result + bytes[copied...], as: UTF8.self)
    }

    /// `text` with the password replaced in `user:password@host.example/path`.
    static func addresses(_ text: String) -> String {
        let bytes = Array(text.utf8)
        guard bytes.contains(UInt8(ascii: "@")) else { return text }
        var result: [UInt8] = []
        var copied = 0
        for sign in bytes.indices where bytes[sign] == UInt8(ascii: "@") {
            let before = bytes[copied..<sign]
            let start = before.lastIndex(where: isBoundary).map { $0 + 1 } ?? copied
            let user = bytes[start..<sign]
            guard let colon = user.firstIndex(of: UInt8(ascii: ":")), colon > start,
                colon + 1 < sign, !user.contains(UInt8(ascii: "/")), isHost(bytes[(sign + 1)...]),
                !user[(colon + 1)...].elementsEqual(Redactor.replacement.utf8)
            else { continue }
            result += bytes[copied...colon] + Array(Redactor.replacement.utf8)
            copied = sign
        }
        guard copied > 0 else { return text }
        return String(decoding: result + bytes[copied...], as: UTF8.self)
    }

    /// Where the value of an option stands that ends at `index`; in lists it is the next text.
    private static func value(in bytes: [UInt8], after index: Int) -> Range<Int>? {
        var start = index
        while start < bytes.count, "= \t\"',".utf8.contains(bytes[start]) { start += 1 }
        guard start > index, start < bytes.count, !"-&|;<>\r\n[".utf8.contains(bytes[start])
        else { return nil }
        let mark = bytes[start - 1]
        let isQuoted = mark == UInt8(ascii: "\"") || mark == UInt8(ascii: "'")
        var end = start
        while end < bytes.count, bytes[end] != UInt8(ascii: "\n"),
            isQuoted ? bytes[end] != mark : !" \t\r\"'`".utf8.contains(bytes[end])
        {
            end += 1
        }
        return start..<end
    }

    /// A registry: a name with a dot or a port before the path.
    private static func isHost(_ rest: ArraySlice<UInt8>) -> Bool {
        let host = rest.prefix { isName($0) || $0 == UInt8(ascii: ":") }
        guard rest.dropFirst(host.count).first == UInt8(ascii: "/") else { return false }
        return host.contains(UInt8(ascii: ".")) || host.contains(UInt8(ascii: ":"))
            || host.elementsEqual("localhost".utf8)
    }

    private static func isBoundary(_ byte: UInt8) -> Bool { " \t\r\n\"'`=,([".utf8.contains(byte) }

    private static func isLetter(_ byte: UInt8) -> Bool {
        (byte | 0x20) >= UInt8(ascii: "a") && (byte | 0x20) <= UInt8(ascii: "z")
    }

    private static func isName(_ byte: UInt8) -> Bool {
        isLetter(byte) || "0123456789-_.".utf8.contains(byte)
    }
}
