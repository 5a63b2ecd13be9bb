"""The registry for asyncio: the same members, awaited, in threads."""

from __future__ import annotations

import asyncio
import inspect
import threading

import pytest

from dualcert import Principal, RegisterLab, aio
from dualcert import Registry as Sync
from dualcert.errors import LabAlreadyRegistered, StoreClosed
from dualcert.testing import Clock


def register(n=1, name="站", **how):
    return RegisterLab(lab=f"lab-140525-{n}", name=name, level="county", division="140525", on="2019-01-01", **how)


def ran(work, place=":memory:"):
    """Run *work* with a registry in an event loop."""

    async def whole():
        async with await aio.Registry.create(place, policy="shanxi-2023", clock=Clock()) as registry:
            return await work(registry)

    return asyncio.run(whole())


def test_it_has_the_members_of_the_registry():
    of_a_moment = {"today", "store", "recorded"}  # nothing to wait for: `sync` has them
    members = {name for name in vars(Sync) if not name.startswith("_")} - of_a_moment

    assert members <= set(vars(aio.Registry))
    for name in members - {"open", "create", "follow", "close", "acting"}:
        method = vars(aio.Registry)[name]
        assert inspect.iscoroutinefunction(method)
        assert method.__doc__ == getattr(Sync, name).__doc__


def test_commands_and_questions_are_awaited_with_their_answers_and_refusals():
    async def work(registry):
        receipt = await registry.execute(register())
        with pytest.raises(LabAlreadyRegistered):
            await registry.execute(register(name="别的站"))
        return receipt, await registry.ratio(as_of="2023-01-01"), await registry.history("lab-140525-1")

    receipt, ratio, history = ran(work)
    assert (receipt.recorded, ratio.total.labs, history[0].version) == (True, 1, 1)


def test_the_loop_goes_on_while_a_question_is_answered():
    async def work(registry):
        go = threading.Event()
        asked = asyncio.create_task(registry.run(lambda: go.wait(20)))
        await asyncio.sleep(0)  # the loop is free, or this would not be reached
        go.set()
        return await asked

    assert ran(work)


def test_many_tasks_record_at_once(tmp_path):
    async def work(registry):
        await asyncio.gather(*(registry.execute(register(n)) for n in range(1, 31)))
        return (await registry.ratio(as_of="2023-01-01")).total.labs

    assert ran(work, tmp_path / "books.db") == 30


def test_following_yields_facts_as_they_are_recorded_and_ends_when_it_is_cancelled():
    async def work(registry):
        seen: list[str] = []
        two = asyncio.Event()

        async def watch():
            async for fact in registry.follow(after=2, every=0.01):
                seen.append(fact.id)
                if len(seen) == 2:
                    two.set()

        watching = asyncio.create_task(watch())
        await registry.execute(register(1))
        await registry.execute(register(2))
        await asyncio.wait_for(two.wait(), 20)
        watching.cancel()
        with pytest.raises(asyncio.CancelledError):
            await watching
        return seen

    assert ran(work) == ["lab-140525-1@1", "lab-140525-2@1"]


def test_a_task_that_is_cancelled_stops_waiting_and_the_books_stay_whole():
    async def work(registry):
        task = asyncio.create_task(registry.execute(register(command_id="once")))
        await asyncio.sleep(0)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        await registry.execute(register(command_id="once"))
        return len(await registry.history("lab-140525-1"))

    assert ran(work) == 1


def test_it_records_for_somebody():
    async def work(registry):
        await registry.acting(Principal("person-17", {"labs"})).execute(register())
        return (await registry.history("lab-140525-1"))[0].by

    assert ran(work) == "person-17"


def test_a_closed_registry_says_so():
    async def whole():
        registry = await aio.Registry.create(":memory:", policy="shanxi-2023")
        await registry.close()
        await registry.close()
        with pytest.raises(StoreClosed):
            await registry.ratio()

    asyncio.run(whole())


def test_any_number_of_followers_leave_the_threads_to_those_who_ask():
    async def work(registry):
        started = asyncio.Event()

        async def watch():
            async for fact in registry.follow(after=1, every=0.05):
                started.set()
                if fact.id == "lab-140525-1@1":
                    return fact.id
            return None

        watching = [asyncio.create_task(watch()) for _ in range(2 * aio.THREADS)]
        await asyncio.wait_for(started.wait(), 20)
        await asyncio.wait_for(registry.execute(register()), 20)
        return await asyncio.wait_for(asyncio.gather(*watching), 20)

    assert set(ran(work)) == {"lab-140525-1@1"}


@pytest.mark.parametrize("closing", ["own", "acting"])
def test_all_that_share_a_closed_registry_say_so(closing):
    async def whole():
        registry = await aio.Registry.create(":memory:", policy="shanxi-2023")
        acting = registry.acting(Principal("person-17", {"labs"}))
        await {"own": registry, "acting": acting}[closing].close()
        for each in (registry, acting):
            with pytest.raises(StoreClosed):
                await each.ratio()

    asyncio.run(whole())


def test_followers_end_where_the_registry_is_closed():
    async def whole():
        registry = await aio.Registry.create(":memory:", policy="shanxi-2023")

        async def watch():
            return [fact.id async for fact in registry.follow(every=60)]

        watching = asyncio.create_task(watch())
        await asyncio.sleep(0.05)
        await registry.close()
        return await asyncio.wait_for(watching, 20)

    assert asyncio.run(whole())[-1] == "campaign-shanxi-2023@1"
