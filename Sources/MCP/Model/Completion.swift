/// What is to be completed.
package struct CompletionQuery: Sendable, Hashable {
    /// The thing that has the argument.
    package enum Reference: Sendable, Hashable {
        /// A prompt by its name.
        case prompt(String)
        /// A resource template, or a resource, by its address pattern.
        case resource(String)
    }

    package var reference: Reference
    /// The name of the argument or of the template's variable.
    package var argument: String
    /// What has been typed so far.
    package var value: String
    /// Arguments that are settled already.
    package var settled: [String: String]

    package init(
        reference: Reference, argument: String, value: String, settled: [String: String] = [:]
    ) {
        self.reference = reference
        self.argument = argument
        self.value = value
        self.settled = settled
    }
}

/// Proposals for an argument; at most ``valuesMax`` are sent.
package struct Completion: Sendable, Hashable {
    package var values: [String]
    /// How many there are in all, when known.
    package var total: Int?
    package var hasMore: Bool?

    /// The most values that one answer carries.
    package static let valuesMax = 100

    package init(values: [String], total: Int? = nil, hasMore: Bool? = nil) {
        self.values = values
        self.total = total
        self.hasMore = hasMore
    }
}
