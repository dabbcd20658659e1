internal import JSON

/// The output schemas: what every result, good or bad, conforms to.
enum ResultSchema {
    /// `{data, status, timestamp}`, or `{error, code, status, timestamp, details}` of a failure.
    ///
    /// Some clients check failed results too, so one object describes both.
    ///
    /// - Parameters:
    ///   - listsCodes: whether the codes of failures are listed; one tool that does is enough.
    ///   - isShort: whether members that every failure has alike are marked as extra.
    static func of(
        _ data: [Property], listsCodes: Bool = false, isShort: Bool = false
    ) -> JSONValue {
        let alike: [Property] = [
            .field("status", .count), .field("retry_after", .count), .field("details", .anything),
        ]
        return Schema.object(
            [
                .field("data", .object(data)),
                .field("error", .text),
                .field(
                    "code", listsCodes ? .word(ToolErrorCode.allCases.map(\.rawValue)) : .text),
                .field("timestamp", .moment).required,
            ] + (isShort ? alike.extra : alike), isOpen: true)
    }

    /// A page of a list: `{items, total, page, pageSize, totalPages}`.
    static func page(of item: [Property]) -> JSONValue {
        of([
            .field("items", .objects(item)).required, .field("total", .count).required,
            .field("page", .count).required, .field("pageSize", .count).required,
            .field("totalPages", .count).required, .field("notes", .texts),
        ])
    }
}
