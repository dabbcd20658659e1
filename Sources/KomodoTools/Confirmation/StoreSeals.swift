internal import JobStore
internal import Jobs
internal import MCP

/// The keys and spent nonces that all processes of a database share.
struct StoreSeals: SealKeeper {
    let store: any JobStore

    func key() async throws -> [UInt8] { try await store.sealKey() }

    func spend(_ nonce: String, until expiry: MCP.Timestamp) async throws -> Bool {
        try await store.spend(
            "request:\(nonce)", until: JobTime(milliseconds: expiry.milliseconds))
    }
}
