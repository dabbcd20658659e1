/// The HTML that Core wraps around words of a log: `style` since 2.0, `class` before.
struct Markup {
    /// Whether to write the `style` form.
    let isStyled: Bool

    enum Color: String {
        case red, green, blue
    }

    func muted(_ text: String) -> String {
        span(style: "color: var(--mantine-color-dimmed)", class: "text-muted-foreground", text)
    }

    func bold(_ text: String) -> String {
        span(style: "font-weight: bolder", class: "font-bold", text)
    }

    func colored(_ text: String, _ color: Color) -> String {
        span(
            style: "color: var(--mantine-color-\(color.rawValue)-6)",
            class: "text-\(color.rawValue)-700 dark:text-\(color.rawValue)-400", text)
    }

    /// An error as Core prints it into a log: the outermost message, then its causes.
    func error(_ message: String, trace: [String] = []) -> String {
        let head = "\(colored("ERROR", .red)): \(message)"
        guard !trace.isEmpty else { return head }
        let causes = trace.enumerated().map { "\n\t\(muted("\($0.offset + 1)")): \($0.element)" }
        return head + "\n\n\(muted("TRACE")):" + causes.joined()
    }

    private func span(style: String, class name: String, _ text: String) -> String {
        isStyled
            ? "<span style=\"\(style)\">\(text)</span>" : "<span class=\"\(name)\">\(text)</span>"
    }
}
