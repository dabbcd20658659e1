internal import Bootstrap
internal import JSON
internal import JobStore
internal import Jobs

/// Prints results in the format that was asked for.
struct Printer: Sendable {
    let options: Options
    let style: Style

    /// A copy of the output options that may cross tasks.
    struct Options: Sendable {
        let format: OutputOptions.Format
        let quiet: Bool
    }

    init(_ options: OutputOptions) {
        self.init(format: options.format, quiet: options.quiet)
    }

    init(format: OutputOptions.Format, quiet: Bool = false) {
        options = Options(format: format, quiet: quiet)
        style = Style(usesColour: Terminal.usesColour(ProcessEnvironment.variables()))
    }

    /// Whether people read the result as text.
    var isForPeople: Bool { options.format == .table && !options.quiet }

    /// The width at which tables are cut.
    static var width: Int? { Terminal.isInteractive ? Terminal.size.columns : nil }

    /// Prints a page of jobs.
    func print(_ page: JobPage, now: Timestamp) {
        let next = page.next.map(PageToken.text)
        defer {
            if let next, options.format != .json || options.quiet {
                Terminal.writeError("More: add --page-token \(next)")
            }
        }
        guard !isForPeople || !page.jobs.isEmpty else {
            return Terminal.writeError("No jobs match.")
        }
        print(
            list: page.jobs.map { JobJSON.job($0) }, ids: page.jobs.map { "\($0.id)" }, next: next,
            text: JobText.table(page.jobs, now: now, style: style).lines(width: Self.width)
                .joined(separator: "\n"))
    }

    /// Prints a list: one line for each item in `jsonl`, only the ids when quiet.
    func print(
        list items: [JSONValue], ids: [String], next: String? = nil, text: @autoclosure () -> String
    ) {
        guard !options.quiet else { return ids.forEach { Terminal.write($0) } }
        switch options.format {
        case .table: Terminal.write(text())
        case .json: Terminal.write(JobJSON.list(items, next: next), pretty: true)
        case .jsonl: for item in items { Terminal.write(item) }
        }
    }

    /// Prints one value; only its name when quiet.
    func print(_ value: JSONValue, id: String, text: @autoclosure () -> String) {
        guard !options.quiet else { return Terminal.write(id) }
        switch options.format {
        case .table: Terminal.write(text())
        case .json: Terminal.write(value, pretty: true)
        case .jsonl: Terminal.write(value)
        }
    }

    /// Prints one job.
    func print(_ job: JobRecord, extra: [(String, JSONValue)] = [], text: @autoclosure () -> String)
    {
        print(JobJSON.job(job, extra: extra), id: "\(job.id)", text: text())
    }

    /// Prints what became of jobs that were named: one job as itself, several as a list.
    func print(_ jobs: [JobRecord], text: (Int) -> String) {
        guard jobs.count > 1 || isForPeople else { return jobs.forEach { print($0, text: "") } }
        print(
            list: jobs.map { JobJSON.job($0) }, ids: jobs.map { "\($0.id)" },
            text: jobs.indices.map(text).joined(separator: "\n"))
    }
}

extension JSONValue {
    /// The text that is printed: C1 controls, which terminals may obey, are escaped too.
    func printed(pretty: Bool = false) -> String {
        let text = serialized(pretty: pretty)
        guard text.unicodeScalars.contains(where: Self.isControl) else { return text }
        var printed = ""
        for scalar in text.unicodeScalars {
            if Self.isControl(scalar) {
                printed += "\\u00" + String(scalar.value, radix: 16)
            } else {
                printed.unicodeScalars.append(scalar)
            }
        }
        return printed
    }

    private static func isControl(_ scalar: Unicode.Scalar) -> Bool {
        (0x7F...0x9F).contains(scalar.value)
    }
}

/// Where the next page of a list begins, as opaque text.
enum PageToken {
    /// The token of a row.
    static func text(_ row: Int64) -> String { "p" + String(row, radix: 36) }

    /// The row of a token that somebody has given.
    ///
    /// - Throws: ``CommandError`` with exit code 2 when it is none.
    static func required(_ text: String) throws(CommandError) -> Int64 {
        if let row = row(text) { return row }
        throw CommandError(
            .usage, "'\(text)' is no page token; use the one that the page before gave.")
    }

    /// The row of a token; nil when it is none.
    static func row(_ text: String) -> Int64? {
        guard text.hasPrefix("p"), text.dropFirst().first?.isDigitOrLetter == true,
            let row = Int64(text.dropFirst(), radix: 36), row > 0
        else { return nil }
        return row
    }
}

extension Character {
    /// Whether a number in base 36 may begin with it; `Int64` would take a sign too.
    fileprivate var isDigitOrLetter: Bool { isASCII && (isLetter || isNumber) }
}
