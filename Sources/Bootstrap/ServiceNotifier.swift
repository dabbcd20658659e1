internal import Glibc

/// Tells systemd how the service is doing (sd_notify(3)).
///
/// Each message is one datagram to `$NOTIFY_SOCKET`, sent without blocking. Without that variable,
/// or when nobody takes the message, nothing happens.
package struct ServiceNotifier: Sendable {
    private let address: [UInt8]?

    /// How often ``watchdog()`` is due: half of `$WATCHDOG_USEC`; nil when no watchdog watches this
    /// process.
    package let watchdogInterval: Duration?

    /// A notifier for the service manager that `environment` names.
    ///
    /// - Parameter processID: Compared with `$WATCHDOG_PID`.
    package init(environment: [String: String], processID: Int32 = getpid()) {
        address = environment["NOTIFY_SOCKET"].flatMap(Self.address)
        watchdogInterval = Self.watchdogInterval(environment, processID)
    }

    /// Whether there is somebody to tell.
    package var isActive: Bool { address != nil }

    /// The service is up; `status` is a line for `systemctl status`.
    @discardableResult
    package func ready(status: String? = nil) -> Bool {
        send(["READY=1"] + (status.map { ["STATUS=\(Self.line($0))"] } ?? []))
    }

    /// The service begins to stop.
    @discardableResult
    package func stopping(status: String? = nil) -> Bool {
        send(["STOPPING=1"] + (status.map { ["STATUS=\(Self.line($0))"] } ?? []))
    }

    /// The service reads its settings again; ``ready(status:)`` must follow.
    @discardableResult
    package func reloading() -> Bool {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        let microseconds = time.tv_sec * 1_000_000 + time.tv_nsec / 1_000
        return send(["RELOADING=1", "MONOTONIC_USEC=\(microseconds)"])
    }

    /// What the service is doing, as a line for `systemctl status`.
    @discardableResult
    package func status(_ text: String) -> Bool {
        send(["STATUS=\(Self.line(text))"])
    }

    /// The service is alive; due every ``watchdogInterval``.
    @discardableResult
    package func watchdog() -> Bool {
        send(["WATCHDOG=1"])
    }

    /// Starting, stopping or reloading needs so much longer from now.
    @discardableResult
    package func extendTimeout(_ duration: Duration) -> Bool {
        let (seconds, attoseconds) = duration.components
        let microseconds = seconds * 1_000_000 + attoseconds / 1_000_000_000_000
        return send(["EXTEND_TIMEOUT_USEC=\(max(0, microseconds))"])
    }

    // MARK: The socket

    private func send(_ assignments: [String]) -> Bool {
        guard let path = address else { return false }
        let descriptor = socket(
            AF_UNIX, CInt(SOCK_DGRAM.rawValue) | CInt(SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { return false }
        defer { close(descriptor) }
        var name = sockaddr_un()
        name.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &name.sun_path) { $0.copyBytes(from: path) }
        let message = Array(assignments.joined(separator: "\n").utf8)
        let length = Self.pathOffset + path.count
        let flags = CInt(MSG_DONTWAIT) | CInt(MSG_NOSIGNAL)
        let sent = withUnsafePointer(to: &name) { name in
            name.withMemoryRebound(to: sockaddr.self, capacity: 1) { name in
                sendto(
                    descriptor, message, message.count, flags, name, socklen_t(length))
            }
        }
        return sent == message.count
    }

    private static let pathOffset = MemoryLayout<sockaddr_un>.offset(of: \.sun_path) ?? 2

    /// The bytes of a socket's address: a path, or a name in the abstract namespace after `@`.
    private static func address(_ text: String) -> [UInt8]? {
        var bytes = Array(text.utf8)
        let bytesMax = MemoryLayout<sockaddr_un>.size - pathOffset
        guard bytes.count > 1, bytes.count < bytesMax else { return nil }
        switch bytes[0] {
        case UInt8(ascii: "@"): bytes[0] = 0
        case UInt8(ascii: "/"): break
        default: return nil
        }
        return bytes
    }

    private static func watchdogInterval(
        _ environment: [String: String], _ processID: Int32
    ) -> Duration? {
        guard let text = environment["WATCHDOG_USEC"], let microseconds = Int64(text),
            microseconds > 0
        else { return nil }
        if let owner = environment["WATCHDOG_PID"], !owner.isEmpty, owner != String(processID) {
            return nil
        }
        return .microseconds(microseconds / 2)
    }

    /// A line feed would begin another assignment.
    private static func line(_ text: String) -> String {
        let statusCharactersMax = 256
        return String(text.map { $0.isNewline ? " " : $0 }.prefix(statusCharactersMax))
    }
}
