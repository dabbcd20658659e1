internal import JSON

/// The output schemas: what every result, good or bad, conforms to.
enum ResultSchema {
    /// `{data, status, timestamp}`, or `{error, code, status, timestamp, details}` of a failure.
    ///
    /// Some clients check failed results too, so one object describes both.
    ///
    /// - Parameter listsCodes: whether the codes of failures are listed; one tool that does is
    ///   enough.
    static func of(_ data: [Property], listsCodes: Bool = false) -> JSONValue {
        Schema.object(
            [
                .field("data", .object(data)),
                .field("error", .text),
                .field(
                    "code", listsCodes ? .word(ToolErrorCode.allCases.map(\.rawValue)) : .text),
                .field("status", .count),
                .field("timestamp", .moment).required,
                .field("retry_after", .count),
                .field("details", .anything),
            ], isOpen: true)
    }

    /// A page of a list: `{items, total, page, pageSize, totalPages}`.
    static func page(of item: [Property]) -> JSONValue {
        of([
            .field("items", .objects(item)).required, .field("total", .count).required,
            .field("page", .count).required, .field("pageSize", .count).required,
            .field("totalPages", .count).required,
        ])
    }
}
