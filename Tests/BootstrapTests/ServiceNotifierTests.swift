import Glibc
import Testing

@testable import Bootstrap

@Suite(.timeLimit(.minutes(2)))
struct ServiceNotifierTests {
    /// A datagram socket like the one systemd listens on.
    private final class Manager {
        let descriptor: CInt
        private let bufferBytes = 4_096

        init(address: [UInt8]) throws {
            descriptor = socket(AF_UNIX, CInt(SOCK_DGRAM.rawValue), 0)
            try #require(descriptor >= 0)
            var name = sockaddr_un()
            name.sun_family = sa_family_t(AF_UNIX)
            withUnsafeMutableBytes(of: &name.sun_path) { $0.copyBytes(from: address) }
            let length = socklen_t(2 + address.count)
            let bound = withUnsafePointer(to: &name) { name in
                name.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                    bind(descriptor, $0, length)
                }
            }
            try #require(bound == 0)
        }

        deinit { close(descriptor) }

        /// The next message; nil when there is none, for sending is done when the call returns.
        func receive() -> String? {
            var buffer = [UInt8](repeating: 0, count: bufferBytes)
            let count = recv(descriptor, &buffer, buffer.count, CInt(MSG_DONTWAIT))
            return count < 0 ? nil : String(decoding: buffer[..<count], as: UTF8.self)
        }
    }

    private func exchange(_ manager: Manager, _ notifier: ServiceNotifier) {
        #expect(notifier.isActive)
        #expect(notifier.ready(status: "Up\nWATCHDOG=1"))
        #expect(manager.receive() == "READY=1\nSTATUS=Up WATCHDOG=1")
        notifier.ready()
        #expect(manager.receive() == "READY=1")
        notifier.status("3 jobs")
        #expect(manager.receive() == "STATUS=3 jobs")
        notifier.watchdog()
        #expect(manager.receive() == "WATCHDOG=1")
        notifier.extendTimeout(.milliseconds(1_500))
        #expect(manager.receive() == "EXTEND_TIMEOUT_USEC=1500000")
        notifier.reloading()
        #expect(manager.receive()?.hasPrefix("RELOADING=1\nMONOTONIC_USEC=") == true)
        notifier.stopping()
        #expect(manager.receive() == "STOPPING=1")
        #expect(manager.receive() == nil)
    }

    @Test func messagesReachASocketInTheFileSystem() throws {
        let sandbox = try Sandbox()
        let path = "\(sandbox.path)/notify"
        let manager = try Manager(address: Array(path.utf8))
        exchange(manager, ServiceNotifier(environment: ["NOTIFY_SOCKET": path]))
    }

    @Test func messagesReachAnAbstractSocket() throws {
        let name = "komodo-notify-\(getpid())-\(UInt32.random(in: 0 ... .max))"
        let manager = try Manager(address: [0] + Array(name.utf8))
        exchange(manager, ServiceNotifier(environment: ["NOTIFY_SOCKET": "@\(name)"]))
    }

    @Test(arguments: [
        nil, "", "relative", "@", "/nonexistent/notify", "/" + String(repeating: "x", count: 200),
    ])
    func nobodyToTellIsNoFault(socket: String?) {
        let notifier = ServiceNotifier(environment: socket.map { ["NOTIFY_SOCKET": $0] } ?? [:])
        #expect(!notifier.ready())
    }

    @Test func aFullSocketNeverBlocks() throws {
        let sandbox = try Sandbox()
        let path = "\(sandbox.path)/notify"
        let manager = try Manager(address: Array(path.utf8))
        let notifier = ServiceNotifier(environment: ["NOTIFY_SOCKET": path])
        let messagesMax = 100_000
        let lost = (0..<messagesMax).first { _ in !notifier.watchdog() }
        #expect(lost != nil)
        #expect(manager.receive() == "WATCHDOG=1")
    }

    @Test(arguments: [
        (["WATCHDOG_USEC": "30000000"], Duration.seconds(15)),
        (["WATCHDOG_USEC": "30000000", "WATCHDOG_PID": "42"], .seconds(15)),
        (["WATCHDOG_USEC": "30000000", "WATCHDOG_PID": "43"], nil),
        (["WATCHDOG_USEC": "0"], nil), (["WATCHDOG_USEC": "x"], nil), ([:], nil),
    ])
    func theWatchdogIsDueTwiceAsOften(environment: [String: String], expected: Duration?) {
        let notifier = ServiceNotifier(environment: environment, processID: 42)
        #expect(notifier.watchdogInterval == expected)
    }
}
