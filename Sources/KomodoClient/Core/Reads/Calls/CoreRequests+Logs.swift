internal import JSON
internal import Jobs

extension CoreRequests {
    /// The end of a log, or the lines in it that match.
    ///
    /// - Parameters:
    ///   - target: the resolved deployment, stack or server.
    ///   - query: what is wanted of it.
    func log(_ query: ContainerLogQuery, of target: String) -> OutgoingRequest {
        var params: JSONObject = [:]
        let kind: String
        switch query.source {
        case .deployment:
            kind = "Deployment"
            params["deployment"] = .string(target)
        case .stack(_, let services):
            kind = "Stack"
            params["stack"] = .string(target)
            // Core wants the field also when it is empty, for all of them.
            params.put("services", texts: services)
        case .container(let name, _):
            kind = "Container"
            params["server"] = .string(target)
            params["container"] = .string(name)
        }
        let verb: String
        if let grep = query.searchedText {
            verb = "Search"
            params.put("terms", texts: [Self.pattern(for: grep)])
            params["combinator"] = "And"
        } else {
            verb = "Get"
            params["tail"] = .int(query.tail)
        }
        if query.hasTimestamps { params["timestamps"] = true }
        return read("\(verb)\(kind)Log", params, answerBytesMax: AnswerLimits.update)
    }

    /// A regular expression that finds every line with `text`, and perhaps more.
    ///
    /// Core hands it to grep through a shell, in 1.19 between quotes that it does not escape:
    /// everything that could mean something there becomes a dot, and what may be several bytes to
    /// grep becomes several.
    static func pattern(for text: String) -> String {
        text.map { character in
            isPlain(character) ? String(character) : character.isASCII ? "." : ".+"
        }.joined()
    }

    private static func isPlain(_ character: Character) -> Bool {
        guard let ascii = character.asciiValue else { return false }
        switch ascii {
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "a")...UInt8(ascii: "z"),
            UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: " "), UInt8(ascii: "_"),
            UInt8(ascii: "-"), UInt8(ascii: ":"), UInt8(ascii: "/"):
            return true
        default: return false
        }
    }
}

extension ContainerLogQuery {
    /// What to search for; nil without one.
    var searchedText: String? {
        grep.flatMap { $0.isEmpty ? nil : $0 }
    }
}
