/// Sets of bytes, as tables.
enum ByteClass {
    private static let letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
    private static let digits = "0123456789"

    /// Letters, digits, `_`: what a token may not follow or it is no token of its own.
    static let word = table(letters + digits + "_")
    /// What the name of a setting or a header is made of.
    static let name = table(letters + digits + "_-.")
    /// Letters and digits.
    static let alphanumeric = table(letters + digits)
    /// Letters, digits, `_` and `-`: base64url.
    static let base64URL = table(letters + digits + "_-")
    /// Every byte of a bearer token (RFC 6750) and of encoded tokens in parts.
    static let token = table(letters + digits + "_-.~+/=")
    /// Capital letters and digits.
    static let capital = table("ABCDEFGHIJKLMNOPQRSTUVWXYZ" + digits)
    /// Bytes that percent-encoding leaves alone (RFC 3986 §2.3).
    static let unreserved = table(letters + digits + "-._~")
    /// Bytes that end the authority of a URL written in a text.
    static let authorityEnd = table("/?#\"'`<>\\ \t\r\n()")
    /// Bytes of a JSON number.
    static let number = table(digits + "+-.eE")

    /// Bytes of a simple HTML tag such as `span style="color: red"`, without capitals.
    static let tag = table("abcdefghijklmnopqrstuvwxyz" + digits + " =\"':;#(),.%-")
    /// Bytes of an ANSI colour sequence between ESC and `m`.
    static let colour = table(digits + "[;")

    private static func table(_ members: String) -> [Bool] {
        var table = [Bool](repeating: false, count: 256)
        for byte in members.utf8 { table[Int(byte)] = true }
        return table
    }
}

extension UInt8 {
    /// The same letter in lower case; other bytes unchanged.
    var lowercased: UInt8 {
        (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(self) ? self | 0x20 : self
    }

    var isLetter: Bool { (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(lowercased) }
    var isDigit: Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(self) }
    var isHexadecimal: Bool {
        isDigit || (UInt8(ascii: "a")...UInt8(ascii: "f")).contains(lowercased)
    }
    var isBlank: Bool { self == UInt8(ascii: " ") || self == UInt8(ascii: "\t") }
    var isNewline: Bool { self == UInt8(ascii: "\n") || self == UInt8(ascii: "\r") }
    var isQuote: Bool {
        self == UInt8(ascii: "\"") || self == UInt8(ascii: "'") || self == UInt8(ascii: "`")
    }
}
