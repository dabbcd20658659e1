internal import ArgumentParser

/// Where to listen: `host:port`, `[address]:port`, `host`, or `:port`.
struct BindAddress: Sendable, Hashable, CustomStringConvertible {
    let host: String
    let port: Int

    static let standard = BindAddress(host: "127.0.0.1", port: 8722)

    var description: String { host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)" }

    /// Whether it stands for every address of the machine.
    var isWildcard: Bool { ["0.0.0.0", "::"].contains(host) }

    init(host: String, port: Int) {
        self.host = host
        self.port = port
    }

    /// Reads what a person wrote.
    ///
    /// - Throws: `ValidationError` that says what to write instead.
    init(parsing text: String) throws {
        let (host, port) = try Self.split(text)
        let isNumber = host.utf8.allSatisfy { (0x30...0x39).contains($0) }
        guard host.isEmpty || !isNumber else {
            throw ValidationError("write ':\(host)' for a port of this machine, or host:port")
        }
        guard host.utf8.allSatisfy(Self.isAllowed) else {
            throw ValidationError("write host:port, without http:// and a path")
        }
        self.init(host: host.isEmpty ? Self.standard.host : host, port: port)
    }

    private static func split(_ text: String) throws -> (host: String, port: Int) {
        guard text.hasPrefix("[") else {
            guard text.count(where: { $0 == ":" }) <= 1 || text.contains("/") else {
                throw ValidationError("put an IPv6 address in brackets, as [::1]:8722")
            }
            let end = text.firstIndex(of: ":") ?? text.endIndex
            guard !text.isEmpty else { throw ValidationError("write host:port") }
            return (String(text[..<end]), try port(text[end...]))
        }
        guard let end = text.firstIndex(of: "]"), text.index(after: text.startIndex) < end else {
            throw ValidationError("write an IPv6 address as [::1]:8722")
        }
        let host = text[text.index(after: text.startIndex)..<end]
        return (String(host), try port(text[text.index(after: end)...]))
    }

    /// The port in `:port`, or the usual one in nothing.
    private static func port(_ rest: Substring) throws -> Int {
        guard !rest.isEmpty else { return standard.port }
        let digits = rest.dropFirst()
        guard rest.first == ":", (1...5).contains(digits.utf8.count),
            digits.utf8.allSatisfy({ (0x30...0x39).contains($0) }), let port = Int(digits),
            port <= 65_535
        else {
            throw ValidationError(
                rest.contains("/")
                    ? "write host:port, without http:// and a path"
                    : "write a port from 0 to 65535 after the host and a colon")
        }
        return port
    }

    /// Names, addresses, and what follows the `%` of a link-local one.
    private static func isAllowed(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."),
            UInt8(ascii: "_"), UInt8(ascii: ":"), UInt8(ascii: "%"):
            true
        default: false
        }
    }
}
