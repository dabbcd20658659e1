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
    ) {
        let address = BindAddress(argument: text)
        #expect(address == BindAddress(host: host, port: port))
        #expect(address?.description == shown)
        #expect(address == address.flatMap { BindAddress(argument: $0.description) })
    }

    @Test(arguments: [
        "", " ", "127.0.0.1 :80", "127.0.0.1:", "127.0.0.1:x", "127.0.0.1:-1", "127.0.0.1:65536",
        "127.0.0.1:80:80", "::1", "::1:80", "[::1", "[::1]80", "[::1]:", "[::1]:x",
    ])
    func otherAddressesAreRefused(text: String) {
        #expect(BindAddress(argument: text) == nil)
    }
}
