/// A user of the simulated Core.
struct Operator: Sendable, Hashable {
    let id: String
    let username: String
    /// Whether resources marked forbidden are closed to this user.
    let isRestricted: Bool

    /// The user of the key that the program under test gets.
    static let main = Operator(
        id: "66" + SeededRandom.hex("User/komodo-mcp", digits: 22), username: "komodo-mcp",
        isRestricted: true)
    /// Somebody else, who may do everything.
    static let colleague = Operator(
        id: "66" + SeededRandom.hex("User/colleague", digits: 22), username: "colleague",
        isRestricted: false)
    /// Core itself, running what a procedure contains.
    static let procedure = Operator(
        id: "000000000000000000000001", username: "000000000000000000000001", isRestricted: false)

    /// The name that update list items show for the id of a user.
    static func username(of id: String) -> String {
        switch id {
        case main.id: main.username
        case colleague.id: colleague.username
        default: id
        }
    }
}
