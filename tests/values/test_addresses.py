from __future__ import annotations

import pytest

from dualcert.values.addresses import mail_address


@pytest.mark.parametrize(
    "address",
    ["zhang@example.cn", "zhang.san+x@mail.example.cn", '"a,b"@example.cn', "zhang@[127.0.0.1]", "a%b@example.cn"],
)
def test_the_address_of_one_mailbox_is_as_it_was_written(address):
    assert mail_address(address) == address


@pytest.mark.parametrize(
    "text",
    ["", "@", "zhang", "zhang@", "@example.cn", "a@b@c.cn", "a@b.cn, c@d.cn", "a@b.cn\r\nBcc: c@d.cn", "a @b.cn",
     "张三 <a@b.cn>", "<a@b.cn>", "张@b.cn", "a@张.cn", "=?utf-8?q?a?=@b.cn", "zhang@example.cn(x@y.cn)",
     "zhang(,)@example.cn", '"zhang"@example.cn', '"a\\b"@example.cn', '""@example.cn', "@x.cn:a@b.cn"],
)  # fmt: skip
def test_what_a_mail_program_may_read_otherwise_is_no_address(text):
    with pytest.raises(ValueError, match="address"):
        mail_address(text)
