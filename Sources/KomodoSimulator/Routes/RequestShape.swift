internal import JSON

/// The checks that Core's framework makes before a request is handled.
enum RequestShape {
    /// The type and parameters of a request that fits the given fields.
    ///
    /// - Parameter fields: the fields of a type; nil for a type that does not exist.
    /// - Throws: 415, 400, 422 in the body form, 500 in the path form.
    static func check(
        _ request: Inbound, version: CoreVersion, fields: (String) -> [ParameterField]?
    ) throws(Reply) -> (type: String, params: JSONValue) {
        guard request.isJSON else {
            throw .error(415, "Expected request with `Content-Type: application/json`")
        }
        if case .failure(let error) = request.body {
            throw .error(
                400, "Failed to parse the request body as JSON", trace: ["\(error)"])
        }
        guard let type = request.type else { throw refusal(request, "missing field `type`") }
        guard let known = fields(type) else {
            throw refusal(request, "unknown variant `\(type)`, expected one of Core's requests")
        }
        guard let params = request.params else {
            throw refusal(request, "missing field `params`")
        }
        if let fault = ParameterField.fault(in: params, fields: known) {
            throw refusal(request, fault)
        }
        return (type, params)
    }

    private static func refusal(_ request: Inbound, _ message: String) -> Reply {
        guard request.variant == nil else { return .error(500, message) }
        return .error(
            422, "Failed to deserialize the JSON body into the target type", trace: [message])
    }
}
