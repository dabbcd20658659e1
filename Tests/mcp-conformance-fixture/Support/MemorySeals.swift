internal import MCP
private import Synchronization

/// Seals that live as long as the process.
final class MemorySeals: SealKeeper {
    private let secret: [UInt8]
    private let clock: ProtocolClock
    private let spent = Mutex<[String: Timestamp]>([:])

    init(clock: ProtocolClock) {
        self.clock = clock
        var random = SystemRandomNumberGenerator()
        secret = (0..<32).map { _ in UInt8.random(in: .min ... .max, using: &random) }
    }

    func key() async throws -> [UInt8] { secret }

    func spend(_ nonce: String, until expiry: Timestamp) async throws -> Bool {
        let now = clock.now()
        return spent.withLock { spent in
            spent = spent.filter { $0.value > now }
            return spent.updateValue(expiry, forKey: nonce) == nil
        }
    }
}
