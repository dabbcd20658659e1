internal import JSON

/// The output schemas: what every result, good or bad, conforms to.
enum ResultSchema {
    /// `{data, status, timestamp}`, or `{error, code, status, timestamp, details}` of a failure.
    ///
    /// Some clients check failed results too, so one object describes both.
    static func of(_ data: [Property]) -> JSONValue {
        Schema.object(
            [
                .object("data", "The result; absent when the call failed.", data, isOpen: true),
                .text(
                    "error", "Only when the call failed: what is wrong and what to do next.",
                    example: "There is no job job_deploy_01J…"),
                .choice(
                    "code", "Only when the call failed.", ToolErrorCode.allCases.map(\.rawValue)),
                .integer(
                    "status",
                    "HTTP-like: 200, or the status of the code; absent for NETWORK_ERROR.",
                    in: 200...599, example: 200),
                .text(
                    "timestamp", "When this was answered.", example: "2026-01-26T15:30:00.000Z",
                    format: "date-time"
                ).required,
                .integer(
                    "retry_after", "Seconds to wait, with RATE_LIMIT_ERROR.", in: 0...86_400,
                    example: 60),
                .object(
                    "details",
                    "More about a failure: the job that failed, the option, the nearest names, the "
                        + "confirmation_token.", [], isOpen: true),
            ], isOpen: true)
    }

    /// A page of a list: `{items, total, page, pageSize, totalPages}`.
    static func page(of item: [Property]) -> JSONValue {
        of([
            .list(
                "items", "Newest first; empty past the last page.",
                of: Schema.object(item, isOpen: true)
            ).required,
            .integer("total", "Matching jobs on all pages.", in: 0...Int(Int32.max), example: 150)
                .required,
            .integer("page", "This page.", in: 1...Int(Int32.max), example: 1).required,
            .integer("pageSize", "Items per page.", in: 1...100, example: 50).required,
            .integer("totalPages", "Pages in all.", in: 0...Int(Int32.max), example: 3).required,
        ])
    }
}
