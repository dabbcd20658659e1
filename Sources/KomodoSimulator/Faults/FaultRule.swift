/// One line of a fault script: which requests, how often, what happens.
package struct FaultRule: Sendable, Hashable {
    /// The HTTP method; nil for any.
    package var method: String?
    /// The beginning of the path, for example `/execute`; nil for any.
    package var path: String?
    /// The request type, for example `Deploy`; nil for any.
    package var type: String?
    /// The name or id of a resource in the parameters; nil for any.
    package var target: String?
    /// Only the n-th match, counted from 1.
    package var nth: Int?
    /// Only every k-th match.
    package var every: Int?
    /// Only with this probability, drawn from the simulator's seed.
    package var probability: Double?
    /// How many times the rule fires before it is spent; nil for ever.
    package var times: Int?
    /// What happens.
    package var action: FaultAction

    /// A rule for the given requests.
    package init(
        method: String? = nil, path: String? = nil, type: String? = nil, target: String? = nil,
        nth: Int? = nil, every: Int? = nil, probability: Double? = nil, times: Int? = nil,
        action: FaultAction
    ) {
        self.method = method
        self.path = path
        self.type = type
        self.target = target
        self.nth = nth
        self.every = every
        self.probability = probability
        self.times = times
        self.action = action
    }

    /// Whether the rule is about such a request, its counts aside.
    func selects(_ facts: RequestFacts) -> Bool {
        (method == nil || method == facts.method)
            && (path.map { facts.path.hasPrefix($0) } ?? true)
            && (type == nil || type == facts.type)
            && (target.map { facts.targets.contains($0) } ?? true)
    }
}

/// What rules can see of a request.
struct RequestFacts: Sendable {
    let method: String
    let path: String
    let type: String?
    /// Every string among the parameters, and the names of the resources that they identify.
    let targets: [String]
}
