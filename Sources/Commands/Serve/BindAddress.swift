internal import ArgumentParser

/// Where to listen: `host:port`, `[address]:port`, `host`, or `:port`.
struct BindAddress: ExpressibleByArgument, Sendable, Hashable, CustomStringConvertible {
    let host: String
    let port: Int

    static let standard = BindAddress(host: "127.0.0.1", port: 8722)

    var description: String { host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)" }

    init(host: String, port: Int) {
        self.host = host
        self.port = port
    }

    init?(argument: String) {
        guard !argument.isEmpty, !argument.contains(where: \.isWhitespace) else { return nil }
        let rest: Substring
        if argument.hasPrefix("[") {
            guard let end = argument.firstIndex(of: "]") else { return nil }
            host = String(argument[argument.index(after: argument.startIndex)..<end])
            rest = argument[argument.index(after: end)...]
        } else {
            let end = argument.firstIndex(of: ":") ?? argument.endIndex
            // More colons are an IPv6 address, which needs its brackets.
            guard argument.filter({ $0 == ":" }).count <= 1 else { return nil }
            host = end == argument.startIndex ? Self.standard.host : String(argument[..<end])
            rest = argument[end...]
        }
        guard !rest.isEmpty else {
            port = Self.standard.port
            return
        }
        guard rest.first == ":", let number = Int(rest.dropFirst()), (0...65_535).contains(number)
        else { return nil }
        port = number
    }
}
