import Glibc

/// Runs code without the superuser's right to pass over file modes.
enum Unprivileged {
    private typealias SetID = @convention(c) (UInt32) -> Int32
    private static let nobody: UInt32 = 65_534

    /// Calls `body` on this thread, as nobody where the tests run as the superuser.
    static func run(_ body: () -> Void) {
        guard geteuid() == 0, let set = function("setfsuid") else { return body() }
        _ = set(nobody)
        body()
        _ = set(0)
    }

    /// Swift's Glibc module lacks `sys/fsuid.h`.
    private static func function(_ name: String) -> SetID? {
        dlsym(nil, name).map { unsafeBitCast($0, to: SetID.self) }
    }
}
