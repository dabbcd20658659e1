import Glibc
import Jobs
import ScriptedHTTP
import Synchronization
import Testing

@testable import KomodoClient

/// The kernel delivers no submission after its sender has given it up.
@Suite(.timeLimit(.minutes(2)))
struct LateDeliveryTests {
    /// What a socket does with what is unsent when it is closed, and when the peer is silent.
    private struct Delivery: Equatable {
        var lingerSeconds: Int32?
        var userTimeoutMilliseconds: Int32

        init(lingerSeconds: Int32?, userTimeoutMilliseconds: Int32) {
            self.lingerSeconds = lingerSeconds
            self.userTimeoutMilliseconds = userTimeoutMilliseconds
        }

        init(_ descriptor: Int32) {
            var lingering = linger()
            var size = socklen_t(MemoryLayout<linger>.size)
            getsockopt(descriptor, SOL_SOCKET, SO_LINGER, &lingering, &size)
            lingerSeconds = lingering.l_onoff == 0 ? nil : lingering.l_linger
            userTimeoutMilliseconds = 0
            size = socklen_t(MemoryLayout<Int32>.size)
            getsockopt(
                descriptor, Int32(IPPROTO_TCP), TCP_USER_TIMEOUT, &userTimeoutMilliseconds, &size)
        }
    }

    /// This process's connections to a port of the loopback interface.
    private static func connections(to port: UInt16) -> [Delivery] {
        descriptors().compactMap { descriptor in
            var address = sockaddr_in()
            var size = socklen_t(MemoryLayout<sockaddr_in>.size)
            let isConnected = withUnsafeMutablePointer(to: &address) { pointer in
                pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                    getpeername(descriptor, $0, &size) == 0
                }
            }
            guard isConnected, address.sin_family == sa_family_t(AF_INET),
                UInt16(bigEndian: address.sin_port) == port
            else { return nil }
            return Delivery(descriptor)
        }
    }

    private static func descriptors() -> [Int32] {
        guard let folder = opendir("/proc/self/fd") else { return [] }
        defer { closedir(folder) }
        var found: [Int32] = []
        while let entry = readdir(folder) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) { pointer in
                pointer.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            if let descriptor = Int32(name) { found.append(descriptor) }
        }
        return found
    }

    private static func port(of url: String) throws -> UInt16 {
        try #require(url.split(separator: ":").last.flatMap({ UInt16($0) }))
    }

    @Test
    func aSubmissionsConnectionDropsWhatIsUnsent() async throws {
        let server = try await ScriptedServer.start(.always(.send(answer)))
        let port = try Self.port(of: server.url)
        let connection = testConnection(server.url, request: .seconds(40))
        try await withClient(connection) { client in
            let found = Mutex<[Delivery]>([])
            let result = await client.submit(submission(.deploy)) {
                found.withLock { $0 = Self.connections(to: port) }
                return true
            }
            #expect(kind(result.outcome) == "accepted")
            #expect(
                found.withLock { $0 }
                    == [Delivery(lingerSeconds: 0, userTimeoutMilliseconds: 40_000)])
        }
    }

    private var answer: String { ScriptedServer.text(200, updateText()) }
}
