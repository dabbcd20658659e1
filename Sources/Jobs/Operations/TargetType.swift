/// The kinds of Komodo resources that operations act on; raw values are Komodo's own words.
package enum TargetType: String, Sendable, Hashable, CaseIterable {
    case server = "Server"
    case stack = "Stack"
    case deployment = "Deployment"
    case build = "Build"
    case repo = "Repo"
    case procedure = "Procedure"
    case action = "Action"
    case resourceSync = "ResourceSync"

    /// The word for people, in lower case.
    package var word: String {
        switch self {
        case .resourceSync: "resource sync"
        case .server, .stack, .deployment, .build, .repo, .procedure, .action:
            rawValue.lowercased()
        }
    }
}
