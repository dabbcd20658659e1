internal import JSON

/// A kind of resource that executions act on.
enum ResourceKind: String, Sendable, CaseIterable {
    case system = "System"
    case server = "Server"
    case stack = "Stack"
    case deployment = "Deployment"
    case build = "Build"
    case repo = "Repo"
    case procedure = "Procedure"
    case action = "Action"
    case resourceSync = "ResourceSync"
    case builder = "Builder"
}

/// What an update is about.
struct ResourceTarget: Sendable, Hashable {
    let kind: ResourceKind
    /// The id of the resource; `system` for the system.
    let id: String

    /// The `ResourceTarget` of Core's API.
    var json: JSONValue { ["type": .string(kind.rawValue), "id": .string(id)] }
}

/// The version of an image that a build made.
struct BuildVersion: Sendable, Hashable {
    var major: Int
    var minor: Int
    var patch: Int

    /// `{major, minor, patch}`.
    var json: JSONValue {
        ["major": .int(major), "minor": .int(minor), "patch": .int(patch)]
    }

    /// The three numbers with dots.
    var text: String { "\(major).\(minor).\(patch)" }
}
