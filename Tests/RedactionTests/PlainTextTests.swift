import TestSupport
import Testing

@testable import Redaction

@Suite(.timeLimit(.minutes(2)))
struct PlainTextTests {
    @Test(arguments: [
        ("<span style=\"color: red\">ERROR</span>: x", "ERROR: x"),
        ("<SPAN class='bold'>a</Span>", "a"),
        ("a<br>b<br/>c", "a\nb\nc"),
        ("<b>x</b> <code>y</code>", "x y"),
        ("1 &lt; 2 &amp;&amp; &quot;a&quot; &gt; &#39;b&#39;", "1 < 2 && \"a\" > 'b'"),
        ("&amp;lt;", "&lt;"),
    ])
    func markupGoes(text: String, expected: String) {
        #expect(PlainText.strip(text) == expected)
    }

    @Test(arguments: [
        "a < b > c", "vector<int>", "List<Foo> <3", "<none>:<none>", "a <b", "<spanner>", "&nbsp;",
        "AT&T", "<", "&", "tab\tand\nline", "日本語 é 🎉", "<span", "Dictionary<String, Int>",
    ])
    func whatIsNoMarkupStays(text: String) {
        #expect(PlainText.strip(text) == text)
    }

    @Test(arguments: [
        (
            "<!DOCTYPE html><head><style>p{}</style><title>502</title></head><h1>Bad</h1>x<br/>y",
            "\n\n\n\n\n502\n\n\nBad\nx\ny"
        ),
        ("a<script type=\"x\">var a = '<b>';</SCRIPT>b", "a\n\nb"), ("a<style>never ends", "a\n"),
        ("a</script>b", "a\nb"), ("a<div>b</div>c<b>d</b>", "a\nb\ncd"), ("a&nbsp;b", "a b"),
    ])
    func aPageLosesItsTagsAndScripts(text: String, expected: String) {
        #expect(PlainText.strip(text, as: .page) == expected)
    }

    @Test(arguments: [
        "Vec<String> of <name>", "<none>:<none>", "<!x>", "<h7>", "<scripts>", "<body",
        "<h1<h1<h1", "<", "<!", "</",
    ])
    func whatIsNoMarkupStaysInAPage(text: String) {
        #expect(PlainText.strip(text, as: .page) == text)
    }

    @Test(arguments: ["<html>", "<script>a</script>", "<!doctype html>", "<title>", "<td>"])
    func aLogKeepsTheTagsOfPages(text: String) {
        #expect(PlainText.strip(text) == text)
    }

    @Test(arguments: [
        ("\u{1B}[1;31mred\u{1B}[0m", "red"),
        ("\u{1B}[2K\u{1B}[1Gx\u{1B}[?25l", "x"),
        ("\u{1B}]8;;https://evil\u{1B}\\text\u{1B}]8;;\u{1B}\\", "text"),
        ("\u{1B}]52;c;ZXZpbA==\u{07}ok", "ok"),
        ("\u{1B}]0;title\u{9C}ok", "ok"),
        ("\u{1B}P1$r0m\u{1B}\\ok", "ok"),
        ("\u{1B}_hidden\u{1B}\\ok", "ok"),
        ("\u{9B}31mred\u{9D}0;t\u{07}x", "redx"),
        ("\u{1B}(B\u{1B}7\u{1B}cx", "x"),
        ("\u{1B}]0;never ends", "0;never ends"),
        ("\u{1B}]0;a\u{1B}[31mb", "0;ab"),
        ("a\u{1B}", "a"),
    ])
    func escapeSequencesGo(text: String, expected: String) {
        #expect(PlainText.strip(text) == expected)
    }

    @Test(arguments: [
        ("a\r\nb\rc\r\r\nd", "a\nb\nc\nd"),
        ("10%\r20%\r", "10%\n20%\n"),
        ("a\u{0}b\u{7}c\u{8}d\u{7F}e\u{85}f\u{A0}g", "abcdef\u{A0}g"),
        ("a\u{2028}b\u{2029}c", "a\nb\nc"),
        ("\u{202E}evil\u{202C} \u{2066}x\u{2069}", "evil x"),
        ("a\u{200B}b\u{200D}c\u{FEFF}d\u{2060}e\u{AD}f", "abcdef"),
        ("x\u{E0041}\u{E0042}\u{E0100}\u{FE0F}y", "xy"),
    ])
    func controlAndInvisibleCharactersGo(text: String, expected: String) {
        #expect(PlainText.strip(text).utf8.elementsEqual(expected.utf8))
    }

    @Test(arguments: 0..<4)
    func nothingDangerousIsLeftOfRandomText(seed: Int) {
        let pieces = [
            "\u{1B}", "[", "]", "31m", "\u{9B}", "\u{9D}", "\u{9C}", "\u{7}", "\\", "P", "a", "<",
            "span", ">", "/", "&", "lt;", "\r", "\n", "\u{200B}", "\u{202E}", "é", "🎉", " ",
            "\u{C2}",
        ]
        var random = SeededRandom(seed)
        for _ in 0..<1_000 {
            let text = (0..<Int.random(in: 1...20, using: &random))
                .map { _ in pieces[Int.random(in: pieces.indices, using: &random)] }
                .joined()
            for scalar in PlainText.strip(text).unicodeScalars {
                let isControl = scalar.properties.generalCategory == .control
                #expect(!isControl || scalar == "\n" || scalar == "\t", "\(text.debugDescription)")
                #expect(scalar.properties.generalCategory != .format, "\(text.debugDescription)")
            }
        }
    }

    @Test func trapsStayLinear() {
        for trap in ["<", "<a ", "<script", "</", "<!", "\u{1B}]", "\u{9D}", "\u{1B}[", "&", "\r"] {
            let text = String(repeating: trap, count: 100_000)
            #expect(PlainText.strip(text).utf8.count <= text.utf8.count)
            #expect(PlainText.strip(text, as: .page).utf8.count <= text.utf8.count)
        }
    }

    @Test(arguments: [
        ("  a \n\n b\tc ", 10, "a b c"),
        ("abcdef", 6, "abcdef"),
        ("abcdefg", 6, "abcde…"),
        ("a\r\nb", 10, "a b"),
        ("éééé", 3, "éé…"),
        ("abc", 0, ""),
        ("a   ", 1, "a"),
        ("a\u{0}b", 5, "a b"),
    ])
    func aSingleLineIsShort(text: String, max: Int, expected: String) {
        #expect(PlainText.singleLine(text, max: max) == expected)
    }
}
