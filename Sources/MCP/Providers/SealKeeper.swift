/// Keeps the key that seals request state, and what has been used up.
///
/// Every process that may answer the same client shares one keeper.
package protocol SealKeeper: Sendable {
    /// The key: 32 secret random bytes that outlive the process.
    func key() async throws -> [UInt8]

    /// Marks `nonce` as used, to be remembered until `expiry`.
    ///
    /// - Returns: whether it was unused: true exactly once.
    func spend(_ nonce: String, until expiry: Timestamp) async throws -> Bool
}
