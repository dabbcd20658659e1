/// Removes a connection's own key and secret from texts that a server sent back.
struct SecretMask: Sendable {
    private let secrets: [String]

    /// Shorter values would mask half of every text.
    private static let lengthMin = 4
    private static let mask = "***"

    /// A mask for the credentials of `connection`.
    init(_ connection: KomodoConnection) {
        // The longer one first: it may contain the other.
        secrets = [connection.apiKey, connection.apiSecret]
            .filter { $0.count >= Self.lengthMin }
            .sorted { $0.count > $1.count }
    }

    /// `text` with every occurrence masked.
    func callAsFunction(_ text: String) -> String {
        secrets.reduce(text) { $0.replacing($1, with: Self.mask) }
    }
}
