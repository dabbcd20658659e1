internal import Testing

@testable internal import Commands

@Suite struct ServeBindAddressTests {
    @Test(arguments: [
        ("127.0.0.1:0", "127.0.0.1", 0, "127.0.0.1:0"),
        ("127.0.0.1", "127.0.0.1", 8722, "127.0.0.1:8722"),
        (":9000", "127.0.0.1", 9000, "127.0.0.1:9000"),
        ("localhost:65535", "localhost", 65_535, "localhost:65535"),
        ("0.0.0.0:80", "0.0.0.0", 80, "0.0.0.0:80"),
        ("[::1]:80", "::1", 80, "[::1]:80"), ("[::]", "::", 8722, "[::]:8722"),
        ("komodo.example.com", "komodo.example.com", 8722, "komodo.example.com:8722"),
    ])
    func addressesAreReadAsPeopleWriteThem(
        text: String, host: String, port: Int, shown: String
    ) throws {
        let address = try BindAddress(parsing: text)
        #expect(address == BindAddress(host: host, port: port))
        #expect(address.description == shown)
        #expect(try address == BindAddress(parsing: address.description))
    }

    @Test(
        arguments: [
            ("", "host:port"), (" ", "host:port"), ("127.0.0.1 :80", "host:port"),
            ("127.0.0.1:", "0 to 65535"), ("127.0.0.1:x", "0 to 65535"),
            ("127.0.0.1:-1", "0 to 65535"), ("127.0.0.1:+80", "0 to 65535"),
            (":+80", "0 to 65535"), ("127.0.0.1:65536", "0 to 65535"),
            ("127.0.0.1:80:80", "brackets"), ("::1", "brackets"), ("::1:80", "brackets"),
            ("[::1", "[::1]:8722"), ("[]:80", "[::1]:8722"), ("[::1]80", "0 to 65535"),
            ("[::1]:", "0 to 65535"), ("[::1]:x", "0 to 65535"), ("8722", "':8722'"),
            ("http://localhost", "without http://"), ("http://localhost:80/mcp", "without http://"),
            ("localhost:80/mcp", "without http://"), ("*:80", "host:port"),
        ])
    func otherAddressesAreRefusedWithWhatToWrite(text: String, advice: String) {
        let error = #expect(throws: (any Error).self) { try BindAddress(parsing: text) }
        let message = error.map { "\($0)" } ?? ""
        #expect(message.contains(advice), "\(message)")
    }
}
