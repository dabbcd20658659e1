package import JSON

/// One execution that Core accepted.
package struct LedgerEntry: Sendable, Hashable {
    /// Counts from 1 without a gap.
    package let sequence: Int
    /// When it was accepted, by Core's clock, in milliseconds since 1970.
    package let time: Int64
    /// The request type, for example `DeployStackIfChanged`.
    package let request: String
    /// The type of the target, for example `Deployment`.
    package let targetType: String
    /// The id of the target.
    package let targetID: String
    /// The name of the target.
    package let targetName: String
    /// The user; `000000000000000000000001` for what a procedure ran.
    package let operatorID: String
    /// The id of the update; nil when Core hands out none.
    package let updateID: String?
    /// The parameters as they were sent.
    package let params: JSONValue

    /// The entry with its keys in snake case.
    package var json: JSONValue {
        [
            "sequence": .int(sequence), "time": .int(time), "request": .string(request),
            "target_type": .string(targetType), "target_id": .string(targetID),
            "target_name": .string(targetName), "operator": .string(operatorID),
            "update_id": updateID.map { .string($0) } ?? .null, "params": params,
        ]
    }
}
