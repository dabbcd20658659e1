/// The addresses of our resources.
enum ResourceAddress: Sendable, Hashable {
    case job(String)
    case log(String)
    case budget, queue

    private static let jobs = JobLinks.scheme + "jobs/"
    private static let log = "/log"

    /// The tool that tells the same.
    var tool: String {
        switch self {
        case .job: ToolName.get
        case .log: ToolName.logs
        case .budget: ToolName.budget
        case .queue: ToolName.list
        }
    }

    /// Reads an address; nil when it is none of ours.
    init?(_ uri: String) {
        if uri == JobLinks.budget {
            self = .budget
        } else if uri == JobLinks.queue {
            self = .queue
        } else if uri.hasPrefix(Self.jobs) {
            let rest = uri.dropFirst(Self.jobs.count)
            let isLog = rest.hasSuffix(Self.log)
            let id = String(isLog ? rest.dropLast(Self.log.count) : rest)
            guard !id.isEmpty, !id.contains("/") else { return nil }
            self = isLog ? .log(id) : .job(id)
        } else {
            return nil
        }
    }
}
