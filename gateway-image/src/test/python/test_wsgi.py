"""The core, rule by rule: what an application may do and what comes of it."""

import io
import os
import sys
import tempfile
import threading
import unittest
from wsgiref.validate import validator

from support import RecordingSink

from kubewsgi import wsgi
from kubewsgi.errors import ResponseAborted

TEXT = [("Content-Type", "text/plain")]


class Pieces:
    """A source that gives its pieces one by one, and OSError where a piece is None."""

    def __init__(self, *pieces):
        self._pieces = list(pieces)

    def read(self, size):
        if not self._pieces:
            return b""
        piece = self._pieces.pop(0)
        if piece is None:
            raise ConnectionResetError("the client left")
        if len(piece) > size:
            self._pieces.insert(0, piece[size:])
        return piece[:size]


class Call:
    """One request to an application and everything that came of it."""

    def __init__(self, application, method="GET", source=None, length=None, sink=None, **environ):
        self.log = []
        self.sink = sink or RecordingSink()
        body = b"" if source is None else source
        if isinstance(body, bytes):
            length = len(body) if length is None else length
            body = Pieces(body) if body else Pieces()
        self.environ = wsgi.base_environ(
            multithread=True,
            multiprocess=False,
            process_group="site1",
            application_group="www.example.com|",
        )
        self.environ.update(
            {
                "REQUEST_METHOD": method,
                "SCRIPT_NAME": "",
                "PATH_INFO": "/",
                "QUERY_STRING": "",
                "SERVER_NAME": "www.example.com",
                "SERVER_PORT": "80",
                "SERVER_PROTOCOL": "HTTP/1.1",
                "wsgi.url_scheme": "http",
                "wsgi.errors": wsgi.ErrorLog(self.log.append, "r1"),
                **environ,
            }
        )
        self.errors = self.environ["wsgi.errors"]
        self.aborted = None
        self.answer = None
        try:
            self.answer = wsgi.run(application, self.environ, body, self.sink, length)
        except ResponseAborted as failure:
            self.aborted = failure.code

    @property
    def status(self):
        return self.answer[0] if self.answer else self.sink.events[0][1]

    @property
    def headers(self):
        return dict(self.answer[1] if self.answer else self.sink.events[0][2])

    @property
    def body(self):
        if self.answer:
            return self.answer[2]
        return b"".join(event for event in self.sink.events if isinstance(event, bytes))


def answering(*blocks, status="200 OK", headers=TEXT, close=None):
    """An application whose answer is a generator of `blocks`."""

    def application(environ, start_response):
        start_response(status, list(headers))
        return Blocks(blocks, close)

    return application


class Blocks:
    def __init__(self, blocks, close=None):
        self._blocks = iter(blocks)
        self.taken = 0
        self._close = close

    def __iter__(self):
        return self

    def __next__(self):
        block = next(self._blocks)
        self.taken += 1
        if isinstance(block, BaseException):
            raise block
        return block

    def close(self):
        if self._close:
            self._close()


class ListAnswers(unittest.TestCase):
    def test_one_block_is_returned_whole_with_its_length(self):
        call = Call(lambda e, s: [s("200 OK", list(TEXT)), [b"hello"]][1])
        self.assertEqual(call.answer, ("200 OK", [*TEXT, ("Content-Length", "5")], b"hello"))
        self.assertEqual(call.sink.events, [])

    def test_empty_list_and_small_pieces(self):
        for blocks, body in ([], b""), ([b""], b""), ((b"a", b"", b"b"), b"ab"):
            call = Call(lambda e, s, blocks=blocks: [s("200 OK", list(TEXT)), blocks][1])
            self.assertEqual(call.body, body)
            self.assertEqual(call.headers["Content-Length"], str(len(body)))
            self.assertIsNotNone(call.answer)

    def test_large_pieces_are_not_joined_but_their_length_is_told(self):
        pieces = [b"x" * 50000, b"y" * 50000]
        call = Call(lambda e, s: [s("200 OK", list(TEXT)), pieces][1])
        self.assertEqual(call.sink.events[1:], [*pieces, "end"])
        self.assertEqual(call.headers["Content-Length"], "100000")

    def test_given_length_is_kept(self):
        headers = [("content-length", "5")]
        call = Call(lambda e, s: [s("200 OK", headers), [b"hello"]][1])
        self.assertEqual(call.answer[1], headers)

    def test_the_applications_header_list_is_not_touched(self):
        headers = list(TEXT)
        Call(lambda e, s: [s("200 OK", headers), [b"hello"]][1])
        self.assertEqual(headers, TEXT)

    def test_only_bytes(self):
        for blocks in (["text"], [b"a", "b"], [bytearray(b"a")], [None], "text", b"bytes", None, 5):
            call = Call(lambda e, s, blocks=blocks: [s("200 OK", list(TEXT)), blocks][1])
            self.assertEqual(call.status, "500 Internal Server Error", blocks)
            self.assertTrue(any("TypeError" in line for line in call.log), call.log)


class StreamedAnswers(unittest.TestCase):
    def test_each_block_goes_out_before_the_next_is_asked_for(self):
        sink = RecordingSink()
        seen = []

        def application(environ, start_response):
            start_response("200 OK", list(TEXT))
            for block in (b"a", b"b"):
                seen.append(len(sink.events))
                yield block

        Call(application, sink=sink)
        self.assertEqual(seen, [0, 2])
        self.assertEqual(sink.events, [("start", "200 OK", TEXT), b"a", b"b", "end"])

    def test_empty_blocks_send_nothing(self):
        call = Call(answering(b"", b"", b"a", b""))
        self.assertEqual(call.sink.events, [("start", "200 OK", TEXT), b"a", "end"])

    def test_no_block_is_an_answer_in_one_piece(self):
        call = Call(answering(b"", b""))
        self.assertEqual(call.answer, ("200 OK", [*TEXT, ("Content-Length", "0")], b""))

    def test_close_is_called_always_and_once(self):
        cases = {
            "whole": [b"a"],
            "empty": [],
            "raises": [b"a", RuntimeError("late")],
            "raises at once": [RuntimeError("early")],
            "not bytes": ["text"],
        }
        for name, blocks in cases.items():
            closed = []
            Call(answering(*blocks, close=lambda closed=closed: closed.append(1)))
            self.assertEqual(closed, [1], name)

    def test_close_is_called_for_an_answer_that_is_no_list(self):
        class Closing(list):
            closed = False

            def close(self):
                self.closed = True

        blocks = Closing([b"a"])
        Call(lambda e, s: [s("200 OK", list(TEXT)), blocks][1])
        self.assertTrue(blocks.closed)

    def test_failing_close_is_logged_and_spoils_nothing(self):
        call = Call(answering(b"a", close=lambda: 1 / 0))
        self.assertEqual(call.sink.events[-1], "end")
        self.assertIn("KW527", call.log[0])

    def test_write_sends_at_once_and_the_iterable_follows(self):
        sink = RecordingSink()

        def application(environ, start_response):
            write = start_response("200 OK", list(TEXT))
            write(b"")
            self.assertEqual(sink.events, [])
            write(b"a")
            self.assertEqual(sink.events[1:], [b"a"])
            return [b"b"]

        Call(application, sink=sink)
        self.assertEqual(sink.events[1:], [b"a", b"b", "end"])

    def test_write_takes_only_bytes(self):
        call = Call(lambda e, s: s("200 OK", list(TEXT))("text"))
        self.assertIn("TypeError", "".join(call.log))


class StartResponse(unittest.TestCase):
    def raised(self, *arguments):
        caught = []

        def application(environ, start_response):
            try:
                start_response(*arguments)
            except BaseException as failure:
                caught.append(type(failure))
                raise
            return [b""]

        call = Call(application)
        if caught:
            self.assertEqual(call.status, "500 Internal Server Error")
        return caught[0] if caught else None

    def test_status(self):
        wrong = ["", "OK", "20 OK", "2000 OK", "099 No", "000 No", "100 Continue", "101 Switch"]
        wrong += ["200OK", "²00 OK", "200 O\rK", "200 O\nK", "200 O\0K", "200 \u20ac", " 200 OK"]
        for status in wrong:
            self.assertIs(self.raised(status, []), ValueError, status)
        for status in (b"200 OK", 200, None, ["200 OK"]):
            self.assertIs(self.raised(status, []), TypeError, status)
        for status in ("200 OK", "200", "200 ", "404 Nicht gefunden \xfc", "599 x", "999 x"):
            self.assertIsNone(self.raised(status, []), status)

    def test_headers(self):
        wrong_types = [None, (), iter([]), {"A": "b"}, [["A", "b"]], [("A",)], [("A", "b", "c")]]
        wrong_types += [[("A", 1)], [("A", None)], [(1, "b")], [(b"A", "b")], [("A", b"b")], ["Ab"]]
        for headers in wrong_types:
            self.assertIs(self.raised("200 OK", headers), TypeError, headers)
        for name in ("", "A B", "A:", "A\n", "\xe4", "A\0", " A", "A "):
            self.assertIs(self.raised("200 OK", [(name, "b")]), ValueError, name)
        for value in ("a\nb", "a\rb", "a\0b", "a\tb", "\x7f", "\u20ac", "a\r\n b"):
            self.assertIs(self.raised("200 OK", [("A", value)]), ValueError, value)
        for value in ("", "\xe4", "a b", "\xa0", "x" * 100000):
            self.assertIsNone(self.raised("200 OK", [("A", value)]), value)

    def test_a_name_seen_before_is_checked_with_its_new_value(self):
        self.assertIsNone(self.raised("200 OK", [("X-Twice", "a")]))
        self.assertIs(self.raised("200 OK", [("X-Twice", "a\n")]), ValueError)
        self.assertIs(self.raised("200 OK", [["X-Twice", "a"]]), TypeError)

    def test_content_length(self):
        for value in ("", "-1", "+1", "1.0", "\xb2", "0x1", "1 ", "9" * 19):
            self.assertIs(self.raised("200 OK", [("Content-Length", value)]), ValueError, value)
        twice = [("Content-Length", "0"), ("content-length", "0")]
        self.assertIs(self.raised("200 OK", twice), ValueError)

    def test_hop_by_hop_headers_are_refused(self):
        for name in ("Connection", "keep-alive", "TE", "Trailer", "Transfer-Encoding", "Upgrade"):
            self.assertIs(self.raised("200 OK", [(name, "a")]), AssertionError, name)

    def test_set_cookie_is_never_merged(self):
        cookies = [("Set-Cookie", "a=1"), ("Set-Cookie", "b=2")]
        call = Call(lambda e, s: [s("200 OK", cookies), [b""]][1])
        self.assertEqual(call.answer[1][:2], cookies)

    def test_second_call_needs_exc_info(self):
        def application(environ, start_response):
            start_response("200 OK", list(TEXT))
            with self.assertRaises(AssertionError):
                start_response("404 Not Found", list(TEXT))
            return [b"a"]

        self.assertEqual(Call(application).status, "200 OK")

    def test_with_exc_info_it_replaces_the_head_before_output(self):
        def application(environ, start_response):
            start_response("200 OK", [("A", "b")])
            try:
                1 / 0
            except ZeroDivisionError:
                start_response("503 Oh", list(TEXT), sys.exc_info())
            return [b"sorry"]

        call = Call(application)
        self.assertEqual(call.answer[:2], ("503 Oh", [*TEXT, ("Content-Length", "5")]))

    def test_with_exc_info_it_raises_after_output(self):
        reraised = []

        def application(environ, start_response):
            start_response("200 OK", list(TEXT))
            yield b"a"
            try:
                1 / 0
            except ZeroDivisionError:
                try:
                    start_response("500 Oh", list(TEXT), sys.exc_info())
                except ZeroDivisionError as failure:
                    reraised.append(failure)
                    raise

        call = Call(application)
        self.assertEqual(len(reraised), 1)
        self.assertEqual(call.aborted, "KW522")

    def test_it_must_be_called(self):
        for application in (lambda e, s: [b"a"], lambda e, s: [], lambda e, s: iter([b"a"])):
            call = Call(application)
            self.assertEqual(call.status, "500 Internal Server Error")
            self.assertIn("AssertionError", "".join(call.log))

    def test_it_may_be_called_at_the_first_block(self):
        def application(environ, start_response):
            start_response("200 OK", list(TEXT))
            yield b"a"

        self.assertEqual(Call(application).sink.events[-1], "end")


class Failures(unittest.TestCase):
    def test_an_application_cannot_speak_for_the_worker(self):
        def pretends(environ, start_response):
            ours = [("KubeWsgi-Failed", "KW521"), ("kubewsgi-refused", "busy"), ("X-A", "1")]
            start_response("503 Service Unavailable", [*TEXT, *ours])
            return [b"closed"]

        for _ in range(2):
            call = Call(pretends)
            self.assertEqual((call.body, call.headers["X-A"]), (b"closed", "1"))
            self.assertFalse([name for name in call.headers if name.lower().startswith("kube")])

    def test_before_the_head_it_is_500_with_the_request_id_and_no_traceback(self):
        def fail(environ, start_response):
            raise RuntimeError("secret detail")

        def begin_and_fail(environ, start_response):
            start_response("200 OK", list(TEXT))
            raise RuntimeError("secret detail")

        for application in (fail, begin_and_fail, answering(RuntimeError("secret detail"))):
            call = Call(application)
            self.assertEqual(call.status, "500 Internal Server Error")
            self.assertIn(b"r1", call.body)
            self.assertIn(b"KW521", call.body)
            self.assertEqual(call.headers["KubeWsgi-Failed"], "KW521")
            self.assertNotIn(b"secret", call.body)
            self.assertEqual(call.headers["Content-Length"], str(len(call.body)))
            self.assertIn("secret detail", call.log[-1])
            self.assertTrue(all(line.startswith("[r1] ") for line in call.log))

    def test_not_even_exit_gets_through(self):
        for failure in (SystemExit(3), KeyboardInterrupt(), GeneratorExit(), BaseException("x")):
            call = Call(answering(failure))
            self.assertEqual(call.status, "500 Internal Server Error", failure)

    def test_after_the_head_the_answer_is_aborted_and_never_ended(self):
        for blocks in ([b"a", RuntimeError("late")], [b"a", SystemExit()], [b"a", "text"]):
            call = Call(answering(*blocks))
            self.assertEqual(call.aborted, "KW522")
            self.assertNotIn("end", call.sink.events)

    def test_the_traceback_begins_in_the_application(self):
        def fail(environ, start_response):
            raise RuntimeError("here")

        frames = [line for line in Call(fail).log if "File " in line]
        self.assertEqual(len(frames), 1)
        self.assertIn("in fail", frames[0])

    def test_a_failure_that_cannot_be_printed_is_survived(self):
        class Unprintable(Exception):
            def __str__(self):
                raise RuntimeError("no")

        self.assertEqual(Call(answering(Unprintable())).status, "500 Internal Server Error")

    def test_head_gets_no_body_even_then(self):
        call = Call(answering(RuntimeError("x")), method="HEAD")
        self.assertEqual(call.body, b"")


class ContentLength(unittest.TestCase):
    def check(self, length, *blocks):
        return Call(answering(*blocks, headers=[("Content-Length", str(length))]))

    def test_excess_is_cut_and_logged(self):
        for blocks in ([b"hello"], [b"he", b"llo"], [b"hel", b"lo"]):
            call = self.check(3, *blocks)
            self.assertEqual((call.body, call.sink.events[-1]), (b"hel", "end"))
            self.assertIn("KW524", call.log[0])

    def test_a_list_too_long_is_cut_and_logged(self):
        call = Call(lambda e, s: [s("200 OK", [("Content-Length", "3")]), [b"hello"]][1])
        self.assertEqual(call.answer[2], b"hel")
        self.assertIn("KW524", call.log[0])

    def test_nothing_is_asked_for_after_the_excess(self):
        blocks = Blocks([b"hello", b"more", b"and more"])
        Call(lambda e, s: [s("200 OK", [("Content-Length", "3")]), blocks][1])
        self.assertEqual(blocks.taken, 1)

    def test_a_short_body_is_aborted_and_logged(self):
        for blocks in ([b"he"], [b"h", b"e"], []):
            call = self.check(5, *blocks)
            self.assertEqual(call.aborted, "KW523")
            self.assertIn("KW523", call.log[0])
            self.assertNotIn("end", call.sink.events)

    def test_a_list_too_short_is_sent_as_far_as_it_goes_and_aborted(self):
        call = Call(lambda e, s: [s("200 OK", [("Content-Length", "5")]), [b"he"]][1])
        self.assertEqual(call.aborted, "KW523")
        self.assertEqual(call.sink.events[1:], [b"he"])


class Bodiless(unittest.TestCase):
    def test_head_has_the_headers_of_get_and_no_body(self):
        call = Call(lambda e, s: [s("200 OK", list(TEXT)), [b"hello"]][1], method="HEAD")
        self.assertEqual(call.answer, ("200 OK", [*TEXT, ("Content-Length", "5")], b""))

    def test_head_of_a_stream_is_not_run_through(self):
        blocks = Blocks([b"a", b"b", b"c"])
        call = Call(lambda e, s: [s("200 OK", list(TEXT)), blocks][1], method="HEAD")
        self.assertEqual(call.answer, ("200 OK", TEXT, b""))
        self.assertEqual(blocks.taken, 1)

    def test_head_with_a_length_is_no_short_body(self):
        headers = [("Content-Length", "1000")]
        call = Call(lambda e, s: [s("200 OK", headers), []][1], method="HEAD")
        self.assertEqual(call.answer, ("200 OK", headers, b""))

    def test_204_and_304_get_no_length(self):
        for status in ("204 No Content", "304 Not Modified"):
            call = Call(lambda e, s, status=status: [s(status, []), []][1])
            self.assertEqual(call.answer, (status, [], b""))

    def test_204_loses_its_length_and_304_keeps_it(self):
        length = [("Content-Length", "0")]
        call = Call(lambda e, s: [s("204 No Content", length), []][1])
        self.assertEqual(call.answer[1], [])
        call = Call(lambda e, s: [s("304 Not Modified", [("Content-Length", "7")]), []][1])
        self.assertEqual(call.answer[1], [("Content-Length", "7")])

    def test_a_body_is_dropped_and_logged(self):
        for application in (
            answering(b"x", status="204 No Content"),
            lambda e, s: [s("304 Not Modified", []), [b"x"]][1],
            lambda e, s: [s("204 No Content", [])(b"x"), []][1],
        ):
            call = Call(application)
            self.assertEqual(call.answer[2], b"")
            self.assertIn("KW525", call.log[0])


class ClientLeft(unittest.TestCase):
    def test_the_iterable_is_not_run_on_but_closed(self):
        closed = []
        blocks = Blocks([b"a", b"b", b"c", b"d"], lambda: closed.append(1))
        call = Call(lambda e, s: [s("200 OK", list(TEXT)), blocks][1], sink=RecordingSink(1))
        self.assertEqual((call.aborted, blocks.taken, closed), ("KW526", 2, [1]))
        self.assertFalse(any("Traceback" in line for line in call.log))

    def test_write_raises_oserror_again_and_again(self):
        seen = []

        def application(environ, start_response):
            write = start_response("200 OK", list(TEXT))
            for _ in range(3):
                try:
                    write(b"a")
                except OSError as failure:
                    seen.append(failure)
            return []

        call = Call(application, sink=RecordingSink(1))
        self.assertEqual(len(seen), 2)
        self.assertEqual(call.aborted, "KW526")

    def test_reading_raises_oserror_every_time(self):
        seen = []

        def application(environ, start_response):
            for _ in range(2):
                try:
                    environ["wsgi.input"].read()
                except OSError as failure:
                    seen.append(failure)
            start_response("400 Bad Request", list(TEXT))
            return [b""]

        call = Call(application, source=Pieces(b"ab", None), length=5)
        self.assertEqual((len(seen), call.status), (2, "400 Bad Request"))

    def test_unhandled_it_aborts_without_a_traceback(self):
        call = Call(lambda e, s: e["wsgi.input"].read(), source=Pieces(b"ab", None), length=5)
        self.assertEqual(call.aborted, "KW526")
        self.assertEqual(len(call.log), 1)

    def test_a_body_that_ends_early_is_an_error_not_an_end(self):
        call = Call(lambda e, s: e["wsgi.input"].read(), source=Pieces(b"ab"), length=5)
        self.assertEqual(call.aborted, "KW526")


class InputTest(unittest.TestCase):
    BODY = b"first\nsecond\n\nlast"

    def each(self, use, expected, body=BODY):
        """Reads `body` given whole, byte by byte, and of unknown length."""
        for source, length in (
            (Pieces(body), len(body)),
            (Pieces(*(body[i : i + 1] for i in range(len(body)))), len(body)),
            (Pieces(body), -1),
            (Pieces(*(body[i : i + 3] for i in range(0, len(body), 3))), -1),
        ):
            self.assertEqual(use(wsgi.Input(source, length)), expected)

    def test_read(self):
        self.each(lambda i: i.read(), self.BODY)
        self.each(lambda i: i.read(-1), self.BODY)
        self.each(
            lambda i: (i.read(3), i.read(0), i.read(1000), i.read(), i.read(5)),
            (b"fir", b"", self.BODY[3:], b"", b""),
        )

    def test_readline(self):
        self.each(
            lambda i: [i.readline() for _ in range(6)],
            [b"first\n", b"second\n", b"\n", b"last", b"", b""],
        )
        self.each(
            lambda i: [i.readline(4), i.readline(4), i.readline(0), i.readline(100)],
            [b"firs", b"t\n", b"", b"second\n"],
        )

    def test_readlines(self):
        lines = [b"first\n", b"second\n", b"\n", b"last"]
        self.each(lambda i: i.readlines(), lines)
        self.each(lambda i: i.readlines(0), lines)
        self.each(lambda i: i.readlines(6), lines[:1])
        self.each(lambda i: i.readlines(7), lines[:2])

    def test_iteration(self):
        self.each(list, [b"first\n", b"second\n", b"\n", b"last"])

    def test_mixed(self):
        self.each(
            lambda i: (i.readline(), i.read(3), next(i), i.read()),
            (b"first\n", b"sec", b"ond\n", b"\nlast"),
        )

    def test_wrong_sizes_are_type_errors(self):
        source = wsgi.Input(Pieces(b"abc"), 3)
        for size in (None, "1", 1.0):
            for method in (source.read, source.readline, source.readlines):
                with self.assertRaises(TypeError):
                    method(size)
        self.assertEqual(source.read(True), b"a")

    def test_without_a_body_the_source_is_not_asked(self):
        source = wsgi.Input(Pieces(None), 0)
        self.assertEqual((source.read(), source.readline(), list(source)), (b"", b"", []))

    def test_a_large_body(self):
        body = os.urandom(300000)
        for length in (len(body), -1):
            self.assertEqual(wsgi.Input(Pieces(body), length).read(), body)
            self.assertEqual(b"".join(wsgi.Input(Pieces(body), length)), body)


class AfterTheRequest(unittest.TestCase):
    def test_everything_is_a_runtime_error(self):
        kept = {}

        def application(environ, start_response):
            kept["write"] = start_response("200 OK", list(TEXT))
            kept["start"] = start_response
            kept["input"] = environ["wsgi.input"]
            kept["errors"] = environ["wsgi.errors"]
            return [b""]

        Call(application, source=b"abc")
        uses = [
            lambda: kept["write"](b"x"),
            lambda: kept["start"]("200 OK", []),
            lambda: kept["start"]("200 OK", [], (ValueError, ValueError(), None)),
            lambda: kept["input"].read(),
            lambda: kept["input"].read(0),
            lambda: kept["input"].readline(),
            lambda: kept["input"].readlines(),
            lambda: iter(kept["input"]),
            lambda: kept["errors"].write("x"),
            lambda: kept["errors"].writelines(["x"]),
            lambda: kept["errors"].flush(),
        ]
        for number, use in enumerate(uses):
            with self.subTest(number), self.assertRaises(RuntimeError):
                use()


class ErrorLogTest(unittest.TestCase):
    def setUp(self):
        self.lines = []
        self.log = wsgi.ErrorLog(self.lines.append, "r1")

    def test_lines_carry_the_request_id(self):
        self.assertEqual(self.log.write("a\nb"), 3)
        self.assertEqual(self.lines, ["[r1] a"])
        self.log.writelines(["c\n", "d"])
        self.assertEqual(self.lines, ["[r1] a", "[r1] bc"])
        self.log.flush()
        self.assertEqual(self.lines[2:], ["[r1] d"])

    def test_the_rest_comes_at_the_end(self):
        self.log.write("unfinished")
        self.log.end()
        self.assertEqual(self.lines, ["[r1] unfinished"])

    def test_only_text(self):
        with self.assertRaises(TypeError):
            self.log.write(b"bytes")

    def test_an_endless_line_is_not_hoarded(self):
        for _ in range(20):
            self.log.write("x" * 10000)
        self.assertGreaterEqual(len(self.lines), 2)

    def test_lines_of_threads_stay_whole(self):
        def write(letter):
            for _ in range(200):
                self.log.write(letter * 50 + "\n")

        threads = [threading.Thread(target=write, args=(letter,)) for letter in "abcd"]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        self.assertEqual(len(self.lines), 800)
        self.assertEqual({len(set(line[5:])) for line in self.lines}, {1})


class FileWrapperTest(unittest.TestCase):
    def setUp(self):
        self.file = tempfile.TemporaryFile()
        self.file.write(b"0123456789" * 20000)
        self.file.seek(0)
        self.addCleanup(self.file.close)

    def call(self, file, headers=TEXT, method="GET", status="200 OK"):
        def application(environ, start_response):
            start_response(status, list(headers))
            return environ["wsgi.file_wrapper"](file, 1000)

        return Call(application, method=method)

    def test_a_regular_file_gets_its_length_and_is_closed(self):
        file = open(self.file.fileno(), "rb", closefd=False)
        call = self.call(file)
        self.assertEqual(call.headers["Content-Length"], "200000")
        self.assertEqual(len(call.body), 200000)
        self.assertTrue(file.closed)

    def test_it_begins_at_the_current_offset(self):
        file = open(self.file.fileno(), "rb", closefd=False)
        file.read(5)
        call = self.call(file)
        self.assertEqual(call.headers["Content-Length"], "199995")
        self.assertTrue(call.body.startswith(b"56789"))

    def test_a_given_length_sends_a_part_without_complaint(self):
        file = open(self.file.fileno(), "rb", closefd=False)
        call = self.call(file, [("Content-Length", "15")])
        self.assertEqual((call.body, call.log), (b"012345678901234", []))
        self.assertEqual(call.sink.events[-1], "end")

    def test_a_given_length_past_the_end_aborts(self):
        file = open(self.file.fileno(), "rb", closefd=False)
        self.assertEqual(self.call(file, [("Content-Length", "200001")]).aborted, "KW523")

    def test_an_object_that_is_no_file_is_streamed(self):
        call = self.call(io.BytesIO(b"abc"))
        self.assertEqual((call.body, "Content-Length" in call.headers), (b"abc", False))

        class Reads:
            left = [b"x", b"y"]

            def read(self, size):
                return self.left.pop(0) if self.left else b""

        self.assertEqual(self.call(Reads()).body, b"xy")

    def test_text_is_refused(self):
        self.assertEqual(self.call(io.StringIO("abc")).status, "500 Internal Server Error")

    def test_head_reads_nothing(self):
        file = open(self.file.fileno(), "rb", closefd=False)
        call = self.call(file, method="HEAD")
        self.assertEqual((call.headers["Content-Length"], call.body), ("200000", b""))

    def test_304_has_neither_length_nor_body(self):
        file = open(self.file.fileno(), "rb", closefd=False)
        call = self.call(file, [], status="304 Not Modified")
        self.assertEqual(call.answer, ("304 Not Modified", [], b""))

    def test_an_empty_file(self):
        call = self.call(tempfile.TemporaryFile())
        self.assertEqual((call.body, call.headers["Content-Length"]), (b"", "0"))


class Validated(unittest.TestCase):
    """wsgiref.validate finds nothing to complain about."""

    def check(self, application, **more):
        call = Call(validator(application), **more)
        self.assertEqual(call.log, [])
        self.assertIsNone(call.aborted)
        return call

    def test_a_list(self):
        call = self.check(lambda e, s: [s("200 OK", list(TEXT)), [b"hello"]][1])
        self.assertEqual(call.body, b"hello")

    def test_reading_in_every_way(self):
        def application(environ, start_response):
            body = environ["wsgi.input"]
            read = [body.read(1), body.readline(), *body.readlines(1), *body]
            environ["wsgi.errors"].flush()
            start_response("200 OK", list(TEXT))
            return read

        self.assertEqual(self.check(application, source=b"a\nb\nc\nd").body, b"a\nb\nc\nd")

    def test_write_and_head(self):
        def application(environ, start_response):
            start_response("200 OK", list(TEXT))(b"a")
            return [b"b"]

        self.assertEqual(self.check(application).body, b"ab")

        def headless(environ, start_response):
            start_response("200 OK", list(TEXT))
            return []

        self.check(headless, method="HEAD")

    def test_the_environ_says_which_mode_runs_it(self):
        seen = self.check(lambda e, s: [s("200 OK", list(TEXT)), [b""]][1]).environ
        self.assertEqual(seen["wsgi.version"], (1, 0))
        self.assertIs(seen["wsgi.multithread"], True)
        self.assertIs(seen["wsgi.multiprocess"], False)
        self.assertIs(seen["wsgi.run_once"], False)
        self.assertIs(seen["wsgi.input_terminated"], True)
        self.assertEqual(seen["mod_wsgi.process_group"], "site1")
        self.assertIsInstance(seen["mod_wsgi.application_start"], float)


if __name__ == "__main__":
    unittest.main()
