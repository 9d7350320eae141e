"""What is written in Markdown, as it stands in mails and lists of notices."""

from preceptor.lib.text import plain_text


def test_plain_text_reads_as_it_is_read():
    markdown = "From **this** month on *two*.\nSee [our page](https://x.org).\n\n- one\n- `two`\n\n```\ncode\n```"
    assert plain_text(markdown) == "From this month on two.\nSee our page.\n\n- one\n- two\n\ncode"
    assert plain_text("1. first\n2. second") == "1. first\n2. second"
    assert plain_text("<b>raw</b> & \x00") == "<b>raw</b> & �"
    assert plain_text("") == ""
    assert plain_text("*" * 200_001) == "*" * 200_001
