internal import Glibc

/// A descriptor that threads block on until it is ready or they are woken.
///
/// The descriptor is the caller's and stays open; its flags are not changed, for it may be shared
/// with other processes.
final class Wakeable: Sendable {
    /// Why a call on the descriptor gave nothing.
    enum Ending: Error, Hashable {
        /// ``wake()`` was called.
        case woken
        /// The other end is gone, or the descriptor is unusable.
        case broken(errno: Int32)
    }

    private let descriptor: Int32
    private let bell: (read: Int32, write: Int32)

    init(_ descriptor: Int32) throws {
        self.descriptor = descriptor
        var ends: [Int32] = [-1, -1]
        guard pipe(&ends) == 0 else { throw Ending.broken(errno: errno) }
        bell = (ends[0], ends[1])
        for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
    }

    deinit {
        close(bell.read)
        close(bell.write)
    }

    /// Makes every blocked and every later call end with ``Ending/woken``.
    func wake() {
        var byte: UInt8 = 1
        // The pipe is empty or has been rung already: one byte always fits or is not needed.
        _ = Self.retrying { systemWrite(bell.write, &byte, 1) }
    }

    /// Reads what is there, at least one byte; nil at the end of the input.
    func read(upTo count: Int) throws(Ending) -> [UInt8]? {
        try wait(for: POLLIN)
        let descriptor = descriptor
        var failure: Int32 = 0
        let bytes = [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
            let size = Self.retrying { systemRead(descriptor, buffer.baseAddress, count) }
            if size < 0 { failure = errno }
            filled = max(0, size)
        }
        // A descriptor that another process made non-blocking may be empty again.
        if failure == EAGAIN { return [] }
        guard failure == 0 else { throw .broken(errno: failure) }
        return bytes.isEmpty ? nil : bytes
    }

    /// Writes all of `bytes`, never more at once than a pipe that is ready is sure to take.
    func write(_ bytes: [UInt8]) throws(Ending) {
        var offset = 0
        while offset < bytes.count {
            try wait(for: POLLOUT)
            let size = min(Self.chunkBytes, bytes.count - offset)
            let written = bytes.withUnsafeBytes { buffer in
                Self.retrying {
                    systemWrite(descriptor, buffer.baseAddress?.advanced(by: offset), size)
                }
            }
            if written < 0 {
                guard errno == EAGAIN else { throw .broken(errno: errno) }
                continue
            }
            offset += written
        }
    }

    /// A pipe that polls as writable takes this much without blocking.
    private static let chunkBytes = 4_096

    private func wait(for event: Int32) throws(Ending) {
        var polled = [
            pollfd(fd: descriptor, events: Int16(event), revents: 0),
            pollfd(fd: bell.read, events: Int16(POLLIN), revents: 0),
        ]
        let ready = Self.retrying { Int(poll(&polled, 2, -1)) }
        guard ready >= 0 else { throw .broken(errno: errno) }
        if polled[1].revents != 0 { throw .woken }
        if Int32(polled[0].revents) & POLLNVAL != 0 { throw .broken(errno: EBADF) }
        if event == POLLOUT, Int32(polled[0].revents) & POLLERR != 0 { throw .broken(errno: EPIPE) }
    }

    private static func retrying(_ call: () -> Int) -> Int {
        while true {
            let result = call()
            if result >= 0 || errno != EINTR { return result }
        }
    }
}

private func systemRead(_ descriptor: Int32, _ buffer: UnsafeMutableRawPointer?, _ count: Int)
    -> Int
{ read(descriptor, buffer, count) }

private func systemWrite(_ descriptor: Int32, _ buffer: UnsafeRawPointer?, _ count: Int) -> Int {
    write(descriptor, buffer, count)
}
