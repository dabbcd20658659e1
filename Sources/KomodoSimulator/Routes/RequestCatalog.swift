/// The read and write requests that the simulator plays, with their fields.
enum RequestCatalog {
    /// The fields of a read request; nil when this version has no such request.
    static func readFields(_ type: String, version: CoreVersion) -> [ParameterField]? {
        !version.isTwoThree && ["ListContainers", "ListAllContainers"].contains(type)
            ? nil : reads[type]
    }

    /// The fields of a write request; nil when there is no such request.
    static func writeFields(_ type: String) -> [ParameterField]? { writes[type] }

    /// The fields of an execute request; nil when this version has no such request.
    static func executeFields(_ type: String, version: CoreVersion) -> [ParameterField]? {
        if ExecutionCatalog.batches[type] != nil {
            return version.isTwoThree
                ? ExecutionCatalog.batchFields : Array(ExecutionCatalog.batchFields.prefix(1))
        }
        guard let spec = ExecutionCatalog.specs[type] else { return nil }
        return spec.needsTwoThree && !version.isTwoThree ? nil : spec.fields
    }

    /// The kinds that have `Get…`, `List…s` and `Get…ActionState`, with the name in requests.
    static let listedKinds: [(kind: ResourceKind, name: String, field: String)] = [
        (.server, "Server", "server"), (.deployment, "Deployment", "deployment"),
        (.stack, "Stack", "stack"), (.build, "Build", "build"), (.repo, "Repo", "repo"),
        (.procedure, "Procedure", "procedure"), (.action, "Action", "action"),
        (.resourceSync, "ResourceSync", "sync"),
    ]

    private static func required(_ name: String, aliases: [String] = []) -> ParameterField {
        ParameterField(name: name, kind: .string, need: .required, aliases: aliases)
    }

    private static let tail = [
        ParameterField(name: "tail", kind: .integer, need: .defaulted),
        ParameterField(name: "timestamps", kind: .bool, need: .defaulted),
    ]

    private static let search = [
        ParameterField(name: "terms", kind: .strings, need: .required),
        ParameterField(name: "combinator", kind: .string, need: .defaulted),
        ParameterField(name: "invert", kind: .bool, need: .defaulted),
        ParameterField(name: "timestamps", kind: .bool, need: .defaulted),
    ]

    private static let services = ParameterField(
        name: "services", kind: .strings, need: .required)

    private static let containerListFields = [
        ParameterField(name: "servers", kind: .strings, need: .defaulted),
        ParameterField(name: "page", kind: .integer, need: .defaulted),
        ParameterField(name: "limit", kind: .integer, need: .optional),
    ]

    private static let listFields = [
        ParameterField(name: "query", kind: .object, need: .defaulted),
        ParameterField(name: "page", kind: .integer, need: .defaulted),
        ParameterField(name: "limit", kind: .integer, need: .optional),
        ParameterField(name: "sort_by", kind: .any, need: .optional),
        ParameterField(name: "sort_desc", kind: .bool, need: .defaulted),
    ]

    private static let updateListFields = [
        ParameterField(name: "query", kind: .object, need: .optional),
        ParameterField(name: "page", kind: .integer, need: .defaulted),
    ]

    private static let reads: [String: [ParameterField]] = {
        var all: [String: [ParameterField]] = [
            "GetVersion": [], "GetCoreInfo": [], "ListUpdates": updateListFields,
            "ListAlerts": updateListFields, "GetUpdate": [required("id")],
            "GetAlert": [required("id")],
            "ListTags": [ParameterField(name: "query", kind: .object, need: .optional)],
            "ListStackServices": [required("stack", aliases: ["id", "name"])],
            "GetDeploymentContainer": [required("deployment", aliases: ["id", "name"])],
            "GetServerState": [required("server", aliases: ["id", "name"])],
            "GetDeploymentLog": [required("deployment", aliases: ["id", "name"])] + tail,
            "GetContainerLog": [required("server"), required("container")] + tail,
            "GetStackLog": [required("stack", aliases: ["id", "name"]), services] + tail,
            "SearchDeploymentLog": [required("deployment", aliases: ["id", "name"])] + search,
            "SearchContainerLog": [required("server"), required("container")] + search,
            "SearchStackLog": [required("stack", aliases: ["id", "name"]), services] + search,
            "GetDeploymentStats": [required("deployment", aliases: ["id", "name"])],
        ]
        for name in [
            "GetSystemStats", "GetSystemInformation", "ListContainers", "ListDockerContainers",
        ] {
            all[name] = [required("server", aliases: ["id", "name"])]
        }
        for name in ["ListAllContainers", "ListAllDockerContainers"] {
            all[name] = containerListFields
        }
        for entry in listedKinds {
            let target = [required(entry.field, aliases: ["id", "name"])]
            all["Get\(entry.name)"] = target
            all["Get\(entry.name)ActionState"] = target
            all["List\(entry.name)s"] = listFields
            all["ListFull\(entry.name)s"] = listFields
        }
        return all
    }()

    private static let writes: [String: [ParameterField]] = [
        "RefreshStackCache": [required("stack", aliases: ["id", "name"])]
    ]
}
